/// Files that commands write. Files of one name by several commands are told apart by what wrote them: `graph/users.csv`,
/// `model/users.csv`.
extension Inventory {
    private static let receivers: [Reader] = [.operator, .receiver]

    /// A file that leaves the store or was computed of a source.
    private static func file(
        _ name: String, _ fields: String, for purposes: [ProcessingPurpose] = [.export], isOfPeople: Bool = true
    ) -> Holding {
        .fields(
            fields, in: .file, name, for: purposes, kept: .byReceiver, readBy: receivers, isOfPeople: isOfPeople)
    }

    static let graphFiles: [Holding] = [
        file("graph/users.csv", "user_id ratings mean_rating degree weighted_degree community"),
        file("graph/edges.csv", "source target similarity support"),
        file(
            "graph/communities.csv", "community size internal_weight conductance top_items mean_rating top_genres",
            isOfPeople: false),
        file("graph/graph.graphml", "label community ratings mean_rating degree weight support"),
        file("graph/graph.gexf", "label community ratings mean_rating degree weight support"),
        file("graph/gephi/nodes.csv", "Id Label community ratings mean_rating degree weighted_degree"),
        file("graph/gephi/edges.csv", "Source Target Type Weight support"),
        file(
            "graph/neo4j/nodes.csv",
            "userId:ID(User) ratings:int meanRating:double degree:int weightedDegree:double community:int :LABEL"),
        file(
            "graph/neo4j/relationships.csv", ":START_ID(User) :END_ID(User) :TYPE similarity:float support:int"),
        file("graph/graph.mtx", "row column similarity"),
        file("graph/*.npy", "values"),
        file("graph/rejected.csv", "line reason text", for: [.operation]),
        file(
            "graph/summary.json",
            """
            source columns.* layout encoding rows users items ratings rating_scale.* duplicate_ratings rejected_rows edges \
            isolated_users total_weight modularity communities disconnected_communities stability profiles.* options.* \
            seconds.* peak_memory_bytes memory_estimate_bytes arithmetic.* notes version
            """, isOfPeople: false),
    ]

    static let modelFiles: [Holding] = [
        file("model/users.csv", "user_id", for: [.personalization]),
        file("model/items.csv", "item_id", for: [.personalization], isOfPeople: false),
        file("model/*.npy", "values", for: [.personalization]),
        file(
            "model/model.json",
            """
            format format_version program_version model users items ratings loss vocabulary_sha256 scale.* numbers.* arrays.* \
            configuration_sha256 own_sha256
            """, for: [.personalization], isOfPeople: false),
        file("model/configuration.json", "*", for: [.personalization], isOfPeople: false),
        file("model/config.toml", "*", for: [.personalization], isOfPeople: false),
        file("lists.csv", "user_id rank item_id predicted_rating score", for: [.personalization]),
    ]

    /// What `kindred_spark.py` writes on a cluster, where nothing of the store is; models are as in `modelFiles`.
    static let clusterFiles: [Holding] = [
        file("cluster/neighbors.parquet/*", "user_id neighbor_id similarity support rank"),
        file("cluster/users.parquet/*", "user_id index ratings mean_rating"),
        file("cluster/user_ids.txt", "user_id"),
        file("cluster/item_ids.txt", "item_id", isOfPeople: false),
        file("cluster/*.npy", "values"),
        file(
            "cluster/neighbors.json", "format version kindred users items ratings entries options.* arrays.*",
            isOfPeople: false),
        file("cluster/factors.parquet/*", "side id bias factors", for: [.personalization]),
        file("cluster/summary.json", "*", isOfPeople: false),
    ]

    /// The files within `run_files`, by which a service starts at once.
    private static func snapshot(_ name: String, _ fields: String, isOfPeople: Bool = true) -> Holding {
        .fields(
            fields, in: .file, "snapshot/\(name)", for: [.personalization], kept: .untilReplaced,
            readBy: [.admin, .operator], isOfPeople: isOfPeople)
    }

    static let reportFiles: [Holding] = [
        snapshot("ids.json", "users items"),
        snapshot("*.npy", "values"),
        snapshot("community_numbers.json", "*", isOfPeople: false),
        snapshot("*/users.csv", "user_id"),
        snapshot("*/items.csv", "item_id", isOfPeople: false),
        snapshot("*/model.json", "*", isOfPeople: false),
        snapshot("*/configuration.json", "*", isOfPeople: false),
        // The report of a comparison, with the users whose lists it shows.
        snapshot(
            "comparison.json",
            """
            arithmetic.* differences.* models.* options.* overlaps.* source version examples.user examples.ratings \
            examples.favorites examples.shared examples.at examples.lists.*
            """),
        file("comparison/metrics.csv", "model fold metric at value", for: [.analytics], isOfPeople: false),
        file(
            "comparison/report.json",
            """
            arithmetic.* differences.* models.* options.* overlaps.* source version examples.user examples.ratings \
            examples.favorites examples.shared examples.at examples.lists.*
            """, for: [.analytics]),
        file("comparison/report.html", "page", for: [.analytics]),
        file("comparison/config.toml", "*", for: [.analytics], isOfPeople: false),
        file(
            "tuning/trials.csv", "model trial splits metric score first_split chosen *", for: [.analytics],
            isOfPeople: false),
        file("tuning/tuning.html", "page", for: [.analytics], isOfPeople: false),
        file("tuning/tuning.journal", "lines", for: [.analytics], isOfPeople: false),
        file("tuning/config.toml", "*", for: [.analytics], isOfPeople: false),
        file(
            "replay/stream_error.csv", "ratings time model users window_* total_*", for: [.analytics],
            isOfPeople: false),
        file(
            "replay/summary.json",
            "source version options.* ratings likes_from list_length window new_users_below errors.* drifts.*",
            for: [.analytics], isOfPeople: false),
        file("replay/replay.html", "page", for: [.analytics], isOfPeople: false),
    ]

    /// Documents that a server did not take, beside the store.
    static let rejectedDocuments = "*.rejected.jsonl"
    private static let rejectedFields = "rejected_at status type reason action.* document.*"

    static let otherFiles: [Holding] =
        views.filter { $0.purposes == [.analytics] && $0.name != "ratings_for_analytics" }.map { view in
            Holding(
                place: .file, name: "analytics/\(view.name).csv", purposes: [.analytics], retention: .byReceiver,
                readers: receivers, fields: view.fields)
        } + [
            file("analytics/analytics.html", "page", for: [.analytics]),
            // What a folder that is watched did not take, and what publishing has to remember.
            file("failed/*.reason.txt", "reason", for: [.operation], isOfPeople: false),
            file("publish/state.json", "checksum place.* rounds delivered", for: [.operation], isOfPeople: false),
            file("dead-letters.jsonl", rejectedFields, for: [.export]),
            // The same beside the store.
            .fields(
                rejectedFields, in: .file, rejectedDocuments, for: [.export], kept: .days(30), readBy: [.operator]),
            Holding.fields(
                "time metric labels value", in: .file, "metrics/metrics*.csv", for: [.operation], kept: .days(7),
                readBy: [.operator], isOfPeople: false),
            // The record of processing itself.
            file("privacy/record.html", "page", for: [.accountability], isOfPeople: false),
            file("privacy/record.json", "*", for: [.accountability], isOfPeople: false),
        ]
}
