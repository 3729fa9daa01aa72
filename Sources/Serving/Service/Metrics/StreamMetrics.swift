import Evaluation
import Live
import Store
import Streams

extension PrometheusText {
    mutating func write(_ space: StoreSpace) {
        single("kindred_store_bytes", .gauge, "Size of the store and its log.", Double(space.used))
        single("kindred_store_disk_free_bytes", .gauge, "What is free on the disk of the store.", Double(space.free))
        single("kindred_store_disk_size_bytes", .gauge, "Size of the disk of the store.", Double(space.disk))
    }

    /// The graph that follows the ratings.
    mutating func write(_ graph: LiveGraph) {
        let (counts, totals) = (graph.counts, graph.totals)
        single(
            "kindred_store_ratings", .gauge, "Ratings of the store, as the graph follows it.", Double(totals.ratings))
        single("kindred_store_users", .gauge, "Users who have ratings.", Double(totals.users))
        single("kindred_store_items", .gauge, "Items of the store.", Double(totals.items))
        single(
            "kindred_live_changes_total", .counter, "Changes that the graph has followed since it was computed.",
            Double(counts.changes))
        family("kindred_live_lists_total", .counter, "Neighbor lists that changes have touched, by what that took.")
        sample("kindred_live_lists_total", ["work": "own"], Double(counts.computed))
        sample("kindred_live_lists_total", ["work": "spare"], Double(counts.mendedFromSpares))
        sample("kindred_live_lists_total", ["work": "again"], Double(counts.computedAgain))
        write(graph.error.total)
        family("kindred_live_delay_seconds", .histogram, "From the commit of a change to the lists that have it.")
        samples("kindred_live_delay_seconds", [], counts.delays)
    }

    /// The prequential error. Sums and counts, so that Prometheus takes the mean over any time:
    /// `sqrt(rate(kindred_stream_squared_error_sum[5m]) / rate(kindred_stream_squared_error_count[5m]))`.
    private mutating func write(_ parts: [PrequentialError.Part]) {
        let errors: KeyValuePairs<String, (ErrorSums) -> Double> = [
            "squared": \.squaredError, "absolute": \.absoluteError,
        ]
        for (kind, sum) in errors {
            let name = "kindred_stream_\(kind)_error"
            family(name, .summary, "Errors of new ratings, each predicted before it counted.")
            for part in parts {
                let labels: Labels = ["model": part.model, "users": part.users.rawValue]
                sample("\(name)_sum", labels, sum(part.sums))
                sample("\(name)_count", labels, Double(part.sums.count))
            }
        }
        family(
            "kindred_stream_likes_total", .counter,
            "New ratings that are likes, and that a list of ten could have held.")
        for part in parts {
            sample(
                "kindred_stream_likes_total", ["model": part.model, "users": part.users.rawValue],
                Double(part.sums.likes))
        }
        family("kindred_stream_hits_total", .counter, "Those of them that the list held.")
        for part in parts {
            sample(
                "kindred_stream_hits_total", ["model": part.model, "users": part.users.rawValue], Double(part.sums.hits)
            )
        }
    }

    /// What ratings come from beside requests.
    mutating func write(_ sources: [any StreamSource]) {
        let statuses = sources.map { (name: $0.name, status: $0.status) }
        func each(
            _ name: String, _ kind: Kind, _ help: String, _ value: (StreamStatus) -> Double?
        ) {
            family(name, kind, help)
            for (source, status) in statuses {
                if let value = value(status) { sample(name, ["source": source], value) }
            }
        }
        each("kindred_source_running", .gauge, "1 while a source takes what comes.") { $0.state == .running ? 1 : 0 }
        each("kindred_source_taken_total", .counter, "Messages or rows that were taken.") { Double($0.taken) }
        each("kindred_source_repeated_total", .counter, "Messages or rows that were there before.") {
            Double($0.repeated)
        }
        each("kindred_source_rejected_total", .counter, "Messages or rows that were not taken.") {
            Double($0.rejected)
        }
        each("kindred_source_lag", .gauge, "Messages or files that wait at the source.") { $0.lag.map(Double.init) }
        each("kindred_source_rebalances_total", .counter, "How often partitions went to other consumers.") {
            Double($0.rebalances)
        }
        each("kindred_source_files_total", .counter, "Files that were read.") { Double($0.files) }
    }
}
