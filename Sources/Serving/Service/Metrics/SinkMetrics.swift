import Sinks

extension PrometheusText {
    /// What is kept in step with the store.
    mutating func write(_ sinks: [ElasticsearchSink]) {
        let statuses = sinks.map { (name: $0.name, status: $0.status) }
        func each(_ name: String, _ kind: Kind, _ help: String, _ value: (SinkStatus) -> Int?) {
            family("kindred_sink_\(name)", kind, help)
            for (sink, status) in statuses {
                if let value = value(status) { sample("kindred_sink_\(name)", ["sink": sink], Double(value)) }
            }
        }
        each("up", .gauge, "1 while a sink follows the store.") { $0.state == .running ? 1 : 0 }
        each("lag_entries", .gauge, "Changes that a sink does not have; none where it needs a full load first.") {
            $0.entriesBehind
        }
        each("lag_seconds", .gauge, "Since the oldest of these changes was made.") { $0.secondsBehind }
        family("kindred_sink_documents_total", .counter, "Documents that were sent, by how the server took them.")
        for (sink, status) in statuses {
            for kind in IndexKind.allCases {
                let documents = status.documents[kind] ?? .init()
                for (outcome, count) in [("done", documents.done), ("rejected", documents.rejected)] {
                    sample(
                        "kindred_sink_documents_total", ["sink": sink, "kind": kind.rawValue, "outcome": outcome],
                        Double(count))
                }
            }
        }
        each("retries_total", .counter, "Requests and documents that were sent again.") { $0.retries }
        each("loads_total", .counter, "Full loads that have ended.") { $0.loads }
        each("overflows_total", .counter, "How often a sink fell so far behind that its changes were dropped.") {
            $0.overflows
        }
    }
}
