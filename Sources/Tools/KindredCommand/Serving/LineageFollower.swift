#if Serving
    import Foundation
    import Governance
    import Live
    import Store
    import Streams

    /// Tells of every refresh of a service in OpenLineage, as long as the service runs.
    struct LineageFollower: Sendable {
        let live: LiveEngine
        let target: LineageTarget
        let version: String

        /// The first stage of a refresh.
        private static let first = "reading"

        func run() async {
            var current: LineageJob?
            for await event in live.events.listen() {
                switch event {
                case .progress(Self.first, 0):
                    // Nobody tells of a refresh that fails but the next.
                    if let failed = current { await target.tellSoon(.fail(type: "Refresh"), of: failed) }
                    let job = job()
                    current = job
                    await target.tellSoon(.start, of: job)
                case .refreshed(let run):
                    var job = current ?? job()
                    current = nil
                    job.outputs = outputs(version: "\(run)")
                    await target.tellSoon(.complete, of: job)
                case .progress, .ratings: break
                }
            }
        }

        private func job() -> LineageJob {
            LineageJob(
                "refresh", "Compute neighbors, communities, models and lists.", version: version,
                inputs: (try? LineageDataset(ratingsOf: live.store)).map { [$0] } ?? [],
                outputs: outputs(version: nil))
        }

        private func outputs(version: String?) -> [LineageDataset] {
            ["neighbors", "communities", "recommendations"].map {
                LineageDataset(table: $0, ofStore: live.store.path, version: version)
            }
        }
    }
#endif
