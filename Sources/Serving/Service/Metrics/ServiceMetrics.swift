import Foundation
import Live
import Platform
import Sinks
import Store
import Streams
import Synchronization

/// What is counted while the service runs.
final class ServiceMetrics: Sendable {
    private struct Route: Hashable {
        let method: String
        let route: String
    }

    private struct State {
        var requests: [Route: [Int: Int]] = [:]
        var durations: [Route: Histogram] = [:]
        var ratingsIngested: [String: Int] = ["http": 0]
        var ratingsRemoved = 0
        var ratingValues: Histogram
        /// Ratings by the minute they came in, since 1970.
        var minutes: [Int64: Int] = [:]
        var recommendations: [String: Int] = [:]
        var droppedListeners = 0
        var brokenGlass = 0
        var refreshes: [String: Int] = ["done": 0, "failed": 0]
    }

    private let state: Mutex<State>
    private let started = Date().timeIntervalSince1970
    private static let latencies = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let keptMinutes: Int64 = 30

    /// - Parameter scale: the values that are ratings; a bucket stands for each half of a star, or each tenth of a wide scale.
    init(scale: ClosedRange<Float>) {
        let (least, most) = (Double(scale.lowerBound), Double(scale.upperBound))
        let width = most - least > 10 ? (most - least) / 10 : 0.5
        state = Mutex(State(ratingValues: Histogram(bounds: Array(stride(from: least, through: most, by: width)))))
    }

    func countRequest(method: String, route: String, status: Int, seconds: Double) {
        let key = Route(method: method, route: route)
        state.withLock { state in
            state.requests[key, default: [:]][status, default: 0] += 1
            state.durations[key, default: Histogram(bounds: Self.latencies)].observe(seconds)
        }
    }

    /// Ratings that a commit has stored or removed.
    func count(_ applied: AppliedChanges, now: Int64) {
        let minute = now / 60
        let values = applied.changes.compactMap(\.value)
        state.withLock { state in
            state.ratingsIngested[applied.source, default: 0] += values.count
            state.ratingsRemoved += applied.changes.count - values.count
            for value in values { state.ratingValues.observe(Double(value)) }
            state.minutes[minute, default: 0] += values.count
            if state.minutes.count > 2 * Int(Self.keptMinutes) {
                state.minutes = state.minutes.filter { $0.key > minute - Self.keptMinutes }
            }
        }
    }

    func countRecommendations(_ model: String) { state.withLock { $0.recommendations[model, default: 0] += 1 } }

    func countRefresh(isDone: Bool) { state.withLock { $0.refreshes[isDone ? "done" : "failed", default: 0] += 1 } }

    func countDroppedListener() { state.withLock { $0.droppedListeners += 1 } }

    func countBrokenGlass() { state.withLock { $0.brokenGlass += 1 } }

    var ratingsIngested: Int { state.withLock { $0.ratingsIngested.values.reduce(0, +) } }

    var recommendationsServed: Int { state.withLock { $0.recommendations.values.reduce(0, +) } }

    /// The last minutes and how many ratings came in during each, oldest first, those without any among them.
    func newestMinutes(now: Int64) -> [(minute: Int64, ratings: Int)] {
        let last = now / 60
        let minutes = state.withLock { $0.minutes }
        return (last - Self.keptMinutes + 1...last).map { (60 * $0, minutes[$0, default: 0]) }
    }
}

// MARK: Text

extension ServiceMetrics {
    /// All of it.
    func report(
        _ live: LiveEngine, _ sources: [any StreamSource], _ sinks: [ElasticsearchSink], now: Int64
    ) -> PrometheusText {
        var text = PrometheusText()
        write(state.withLock { $0 }, to: &text)
        write(live, now: now, to: &text)
        if let graph = live.liveGraph { text.write(graph) }
        if !sources.isEmpty { text.write(sources) }
        if !sinks.isEmpty { text.write(sinks) }
        text.single(
            "kindred_log_lines_dropped_total", .counter, "Lines of the log that could not be written.",
            Double(LineWriter.standardError.droppedCount))
        text.family("kindred_build_info", .gauge, "The version of the program, as a label.")
        text.sample("kindred_build_info", ["version": live.configuration.version], 1)
        text.single(
            "process_start_time_seconds", .gauge, "When the program started, in seconds since 1970.", started)
        text.single(
            "process_resident_memory_bytes", .gauge, "Memory that the program holds.",
            Double(ProcessMemory.residentBytes))
        return text
    }

    private func write(_ state: State, to text: inout PrometheusText) {
        let routes = state.requests.keys.sorted { ($0.route, $0.method) < ($1.route, $1.method) }
        text.family("kindred_http_requests_total", .counter, "Requests that were answered.")
        for route in routes {
            for (status, count) in state.requests[route, default: [:]].sorted(by: { $0.key < $1.key }) {
                text.sample(
                    "kindred_http_requests_total",
                    ["method": route.method, "route": route.route, "status": "\(status)"], Double(count))
            }
        }
        text.family("kindred_http_request_duration_seconds", .histogram, "How long answers took.")
        for route in routes {
            guard let histogram = state.durations[route] else { continue }
            text.samples(
                "kindred_http_request_duration_seconds", [("method", route.method), ("route", route.route)], histogram)
        }
        text.family("kindred_ratings_ingested_total", .counter, "Ratings that were stored, by what they came from.")
        for (source, count) in state.ratingsIngested.sorted(by: { $0.key < $1.key }) {
            text.sample("kindred_ratings_ingested_total", ["source": source], Double(count))
        }
        text.single(
            "kindred_ratings_removed_total", .counter, "Ratings that were removed.", Double(state.ratingsRemoved))
        text.family("kindred_rating_value", .histogram, "Values of the ratings that were stored.")
        text.samples("kindred_rating_value", [], state.ratingValues)
        text.family("kindred_recommendation_lists_total", .counter, "Lists of recommendations that were answered.")
        for (model, count) in state.recommendations.sorted(by: { $0.key < $1.key }) {
            text.sample("kindred_recommendation_lists_total", ["model": model], Double(count))
        }
        text.single(
            "kindred_event_listeners_dropped_total", .counter, "Listeners to events that fell too far behind.",
            Double(state.droppedListeners))
        text.single(
            "kindred_break_glass_total", .counter, "Accesses of administrators to what is an auditor's alone.",
            Double(state.brokenGlass))
        text.family("kindred_refreshes_total", .counter, "Refreshes of the snapshot by how they ended.")
        for (result, count) in state.refreshes.sorted(by: { $0.key < $1.key }) {
            text.sample("kindred_refreshes_total", ["result": result], Double(count))
        }
    }

    private func write(_ live: LiveEngine, now: Int64, to text: inout PrometheusText) {
        text.single(
            "kindred_refresh_in_progress", .gauge, "1 while a refresh is under way.", live.isRefreshing ? 1 : 0)
        text.single(
            "kindred_refresh_failures_in_a_row", .gauge, "Refreshes that have failed since the last that did not.",
            Double(live.trouble?.failures ?? 0))
        text.single(
            "kindred_store_in_place", .gauge, "0 where the file of the store was removed or replaced.",
            live.store.isInPlace ? 1 : 0)
        text.single(
            "kindred_store_read_only", .gauge, "1 where another service writes the store.", live.isFollower ? 1 : 0)
        if let space = live.store.space { text.write(space) }
        guard let snapshot = live.snapshot else { return }
        let run = snapshot.run
        text.single(
            "kindred_snapshot_age_seconds", .gauge, "Time since the snapshot was begun.",
            Double(max(0, now - run.started)))
        text.single("kindred_snapshot_run", .gauge, "The number of the snapshot's run.", Double(run.number))
        text.single("kindred_refresh_duration_seconds", .gauge, "How long the snapshot took to compute.", run.seconds)
        text.family("kindred_refresh_stage_seconds", .gauge, "How long each stage of it took; some run beside others.")
        for stage in run.stages { text.sample("kindred_refresh_stage_seconds", ["stage": stage.stage], stage.seconds) }
        text.single("kindred_graph_ratings", .gauge, "Ratings of the snapshot.", Double(run.ratings))
        let helps: KeyValuePairs<String, String> = [
            "users": "Users of the snapshot.", "items": "Items of the snapshot.",
            "edges": "Edges of the similarity graph.", "communities": "Communities of the graph.",
            "modularity": "Modularity of the communities.",
        ]
        for (metric, help) in helps {
            guard let value = run.metrics.first(where: { $0.model.isEmpty && $0.metric == metric })?.value else {
                continue
            }
            text.single("kindred_graph_\(metric)", .gauge, help, value)
        }
        let errors = run.metrics.filter { $0.metric == "rmse" }
        if !errors.isEmpty {
            text.family("kindred_model_rmse", .gauge, "RMSE of each model on ratings that were held out.")
            for error in errors { text.sample("kindred_model_rmse", ["model": error.model], error.value) }
        }
    }
}
