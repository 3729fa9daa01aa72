/// What others hold for the operator, or read: topics of Kafka, indices of Elasticsearch, metrics, and the log.
extension Inventory {
    // MARK: Topics and indices

    static let topics: [Holding] = [
        topic("ratings", "key user_id item_id rating timestamp kindred-schema"),
        topic("items", "key item_id title genres kindred-schema", isOfPeople: false),
        topic("users", "key user_id kindred-schema *"),
        topic("dead letters", "value kindred-reason kindred-topic kindred-partition kindred-offset"),
    ]

    private static func topic(_ name: String, _ fields: String, isOfPeople: Bool = true) -> Holding {
        .fields(
            fields, in: .topic, name, for: [.export], kept: .byReceiver, readBy: [.operator, .receiver],
            isOfPeople: isOfPeople)
    }

    static let indices: [Holding] = [
        index("items", "item_id title genres year ratings mean_rating", isOfPeople: false),
        index("users", "user_id community ratings mean_rating"),
        index("ratings", "user_id item_id rating @timestamp arrived"),
        index(
            "recommendations",
            "user_id model item_id title genres rank score predicted_rating run @timestamp"),
        index(
            "communities", "community size conductance top_genres top_items run @timestamp", isOfPeople: false),
        index("edges", "source target similarity support"),
    ]

    private static func index(_ name: String, _ fields: String, isOfPeople: Bool = true) -> Holding {
        .fields(
            fields, in: .index, name, for: [.export], kept: .byReceiver, readBy: [.operator, .receiver],
            isOfPeople: isOfPeople)
    }

    // MARK: Metrics and log

    static let metrics: [Holding] = labels.flatMap { labels, families in
        families.split(separator: " ").map { family in
            .fields(
                "value \(labels)", in: .metric, String(family), for: [.operation], kept: .whileRunning,
                readBy: [.read, .operator], isOfPeople: false)
        }
    }

    /// Families of metrics by their labels.
    private static let labels: KeyValuePairs = [
        "": """
        kindred_ratings_removed_total kindred_event_listeners_dropped_total kindred_refresh_in_progress \
        kindred_refresh_failures_in_a_row kindred_store_in_place kindred_store_read_only kindred_snapshot_age_seconds \
        kindred_snapshot_run kindred_refresh_duration_seconds kindred_graph_ratings kindred_graph_users \
        kindred_graph_items kindred_graph_edges kindred_graph_communities kindred_graph_modularity \
        kindred_log_lines_dropped_total process_start_time_seconds process_resident_memory_bytes kindred_store_bytes \
        kindred_store_disk_free_bytes kindred_store_disk_size_bytes kindred_live_changes_total \
        kindred_store_ratings kindred_store_users kindred_store_items kindred_break_glass_total
        """,
        "method route status": "kindred_http_requests_total",
        "method route le": "kindred_http_request_duration_seconds",
        "le": "kindred_rating_value kindred_live_delay_seconds",
        "source": """
        kindred_ratings_ingested_total kindred_source_running kindred_source_taken_total \
        kindred_source_repeated_total kindred_source_rejected_total kindred_source_lag \
        kindred_source_rebalances_total kindred_source_files_total
        """,
        "model": "kindred_recommendation_lists_total kindred_model_rmse",
        "result": "kindred_refreshes_total", "stage": "kindred_refresh_stage_seconds",
        "work": "kindred_live_lists_total",
        "model users": """
        kindred_stream_squared_error kindred_stream_absolute_error kindred_stream_likes_total \
        kindred_stream_hits_total
        """,
        "sink": """
        kindred_sink_up kindred_sink_lag_entries kindred_sink_lag_seconds kindred_sink_retries_total \
        kindred_sink_loads_total kindred_sink_overflows_total
        """,
        "sink kind outcome": "kindred_sink_documents_total", "version": "kindred_build_info",
    ]

    static let log: [Holding] = [
        .fields(
            """
            level message logger time request_id method route status seconds error source sink run stages \
            comparison_of_run changed_ratings failures next_attempt next_attempt_seconds dropped folder refusal entries \
            limit acknowledged connections rows key receipt sl-*
            """, in: .log, "log", for: [.operation], kept: .byReceiver, readBy: [.operator], isOfPeople: false)
    ]
}
