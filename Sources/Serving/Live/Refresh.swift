import Engine
import Evaluation
import Foundation
import Graphs
import LinearAlgebra
import Neighbors
import Ratings
import Store

/// One computation of all that a snapshot holds, from the ratings as they stand; it keeps what it finds in the store.
///
/// Models are fitted beside their comparison, each side with half of the threads. A comparison is kept while little has changed,
/// and the run says whose it is.
struct Refresh: Sendable {
    let store: Store
    let configuration: LiveConfiguration
    /// The snapshot before, whose comparison may be kept.
    let previous: LiveSnapshot?
    /// The number that a user's community had.
    let community: @Sendable (String) -> Int32?
    /// Seconds since 1970.
    let started: Int64
    /// How many imports a run has seen.
    static let importsMetric = "imports"
    /// Seconds for which an idempotency key is known at least.
    private static let keyLifetime: Int64 = 7 * 86_400
    /// Told a stage and the share of it that is done, from any thread.
    let progress: @Sendable (String, Double) -> Void

    init(
        _ store: Store, _ configuration: LiveConfiguration, after previous: LiveSnapshot?, started: Int64,
        community: @escaping @Sendable (String) -> Int32?, progress: @escaping @Sendable (String, Double) -> Void
    ) {
        self.store = store
        self.configuration = configuration
        self.previous = previous
        self.community = community
        self.started = started
        self.progress = progress
    }

    func run() throws -> LiveSnapshot {
        let begin = ContinuousClock.now
        var clock = StageClock(progress)
        clock.begin("reading")
        let stored = try store.ratings(threads: configuration.threads, hasAllItems: true)
        clock.end()
        let graph = try graph(of: stored.dataset, &clock)
        let (models, comparison) = try modelsAndComparison(stored.dataset, &clock)
        let result = try result(graph, models, comparison, &clock)
        let run = try store.save(
            StoredRun(
                kind: "refresh", started: started, seconds: begin.duration(to: .now) / .seconds(1),
                ratings: stored.dataset.ratings.count, options: try options(stored.dataset.ratings),
                version: configuration.version,
                metrics: (metrics(of: graph, imports: stored.imports) + (comparison?.metrics ?? []))
                    .sorted { ($0.model, $0.metric) < ($1.model, $1.metric) },
                stages: clock.stages, comparison: comparison?.source),
            result, through: stored.change)
        try store.forgetIdempotencyKeys(before: started - Self.keyLifetime)
        return LiveSnapshot(
            run: run, graph: graph, models: models, comparison: comparison?.json, imports: stored.imports,
            change: stored.change, configuration)
    }

    private func graph(of dataset: Dataset, _ clock: inout StageClock) throws -> Snapshot {
        let graph = try GraphEngine(configuration.graph).snapshot(of: dataset) { progress("\($0)", $1) }
        let stages: KeyValuePairs<GraphEngine.Stage, Double> = [
            .similarity: graph.seconds.similarity, .graph: graph.seconds.graph,
            .communities: graph.seconds.communities, .profiles: graph.seconds.profiles,
        ]
        for (stage, seconds) in stages {
            clock.add("\(stage)", seconds: seconds)
            progress("\(stage)", 1)
        }
        let users = dataset.ratings.users
        let before = (0..<users.count).map { community(users[$0]) }
        return before.contains { $0 != nil } ? graph.numbered(following: before) : graph
    }

    /// The fits, and beside them the comparison where there is to be another.
    private func modelsAndComparison(
        _ dataset: Dataset, _ clock: inout StageClock
    ) throws -> (models: [ModelKind: FittedModel], comparison: ModelComparison?) {
        let kept = try keptComparison(dataset.ratings)
        if kept != nil || configuration.compared.isEmpty {
            return (try fitted(dataset, threads: configuration.threads, &clock), kept)
        }
        let (models, found) = try Parallel.sideBySide(threads: configuration.threads) { threads in
            try fitted(dataset, threads: threads, &clock)
        } _: { threads in
            var clock = StageClock(progress)
            let comparison = try compared(dataset, threads: threads, &clock)
            return (comparison: comparison, stages: clock.stages)
        }
        for stage in found.stages { clock.add(stage.stage, seconds: stage.seconds) }
        return (models, found.comparison)
    }

    private func fitted(
        _ dataset: Dataset, threads: Int, _ clock: inout StageClock
    ) throws -> [ModelKind: FittedModel] {
        var own = configuration.models
        own.threads = threads
        var current: ModelKind?
        let models = try ModelKind.fit(configuration.kinds, dataset, own) { kind, share in
            if kind != current { clock.begin(kind.rawValue) }
            current = kind
            progress(kind.rawValue, share)
        }
        clock.end()
        return models
    }

    private func metrics(of graph: Snapshot, imports: Int) -> [StoredRun.Metric] {
        let named: KeyValuePairs<String, Double> = [
            "users": Double(graph.ratings.users.count), "items": Double(graph.ratings.items.count),
            "edges": Double(graph.similarity.graph.edgeCount),
            "communities": Double(graph.partition.communityCount), "modularity": graph.modularity,
            Self.importsMetric: Double(imports),
        ]
        return named.map { StoredRun.Metric(model: "", metric: $0.key, value: $0.value) }
    }

    /// All that a comparison depends on beside the ratings and the version of the program; what is a like of these ratings.
    func options(_ ratings: RatingMatrix) throws -> String {
        var options = [
            "models": configuration.kinds.map(\.rawValue).joined(separator: ","),
            "compared": configuration.compared.map(\.rawValue).joined(separator: ","),
            "neighbors": "\(configuration.graph.similarity.neighbors)", "seed": "\(configuration.graph.seed)",
            "relevant": "\(configuration.models.relevance(of: [ratings]))",
        ]
        for kind in ModelKind.involved(in: configuration.kinds + configuration.compared) {
            options[kind.rawValue] = configuration.models.list(of: kind)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(options), as: UTF8.self)
    }

    private func result(
        _ graph: Snapshot, _ models: [ModelKind: FittedModel], _ comparison: ModelComparison?, _ clock: inout StageClock
    ) throws -> RunResult {
        clock.begin("lists")
        var result = RunResult(users: graph.ratings.users, items: graph.ratings.items)
        let users = 0..<graph.ratings.users.count
        for user in users {
            for (place, near) in graph.neighbors.neighbors(of: user).enumerated() {
                result.neighbors.append((user, place + 1, Int(near.user), near.similarity, Int(near.support)))
            }
        }
        result.communities = users.map { Int(graph.community(of: $0)) }
        let lists = configuration.kinds.sorted { $0.rawValue < $1.rawValue }.compactMap { kind in
            models[kind].flatMap { Recommender(kind, $0, of: graph.dataset) }.map { recommender in
                (
                    model: kind.rawValue,
                    lists: recommender.scoredItemsOfAll(
                        count: configuration.listLength, threads: configuration.threads)
                )
            }
        }
        for user in users {
            for (model, lists) in lists {
                for (place, item) in lists[user].enumerated() {
                    result.recommendations.append(
                        .init(
                            user: user, model: model, place: place + 1, item: item.item,
                            predictedRating: item.predictedRating, score: item.score.map(Double.init)))
                }
            }
        }
        clock.begin("files")
        result.files = try SavedSnapshot.files(
            graph, models, comparison: comparison?.json, version: configuration.version)
        clock.end()
        progress("saving", 0)
        return result
    }
}
