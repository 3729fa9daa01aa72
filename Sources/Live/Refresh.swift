import Engine
import Evaluation
import Foundation
import Graphs
import Interchange
import LinearAlgebra
import Neighbors
import Ratings
import Store

/// One computation of all that a snapshot holds, from the ratings as they stand; it keeps what it finds in the store.
struct Refresh {
    let store: Store
    let configuration: LiveConfiguration
    /// Seconds since 1970.
    let started: Int64
    /// How many imports a run has seen.
    static let importsMetric = "imports"
    /// Seconds for which an idempotency key is known at least.
    private static let keyLifetime: Int64 = 7 * 86_400
    /// Told the stage and the share of it that is done, from any thread.
    let progress: @Sendable (String, Double) -> Void

    init(
        _ store: Store, _ configuration: LiveConfiguration, started: Int64,
        progress: @escaping @Sendable (String, Double) -> Void
    ) {
        self.store = store
        self.configuration = configuration
        self.started = started
        self.progress = progress
    }

    func run() throws -> LiveSnapshot {
        let begin = ContinuousClock.now
        progress("reading", 0)
        let stored = try store.ratings(threads: configuration.threads, hasAllItems: true)
        let side = SideInformation(users: stored.users, items: stored.items)
        let graph = try GraphEngine(configuration.graph).snapshot(
            of: stored.ratings, items: stored.items, users: stored.users
        ) { progress("\($0)", $1) }
        let models = try fitted(stored.ratings, side)
        let comparison = try compared(stored, side)
        progress("saving", 0)
        var run = StoredRun(
            kind: "refresh", started: started, seconds: begin.duration(to: .now) / .seconds(1),
            ratings: stored.ratings.count, options: try options(), version: configuration.version,
            metrics: (metrics(of: graph, imports: stored.imports) + (comparison?.metrics ?? []))
                .sorted { ($0.model, $0.metric) < ($1.model, $1.metric) })
        let result = try result(graph, models, comparison?.json)
        run.number = try store.keep(run, result, through: stored.change)
        try store.forgetIdempotencyKeys(before: started - Self.keyLifetime)
        return LiveSnapshot(
            run: run, graph: graph, users: stored.users, models: models, comparison: comparison?.json, configuration)
    }

    private func fitted(_ ratings: RatingMatrix, _ side: SideInformation) throws -> [ModelKind: FittedModel] {
        var models: [ModelKind: FittedModel] = [:]
        for kind in configuration.kinds {
            progress(kind.rawValue, 0)
            models[kind] = try kind.fit(ratings, configuration.models, side: side) { share, _ in
                progress(kind.rawValue, share)
            }
        }
        return models
    }

    /// The models on a tenth of the ratings, held out; nil where there are too few.
    private func compared(
        _ stored: StoredRatings, _ side: SideInformation
    ) throws -> (json: String, metrics: [StoredRun.Metric])? {
        guard !configuration.compared.isEmpty else { return nil }
        let split = stored.ratings.holdout(0.1, seed: configuration.models.seed)
        guard split.test.count > 0, split.train.count > 0 else { return nil }
        let counts = OperationCounts.current
        let engine = ComparisonEngine(models: configuration.compared, configuration: configuration.models)
        let (comparison, examples) = try engine.compare(
            [ComparisonFold(split, side: side, items: stored.items)]
        ) { share, model in progress("comparing \(model)", share) }
        let report = ComparisonReport(
            comparison: comparison, examples: examples, options: ["holdout": "0.1"],
            arithmetic: Arithmetic(.since(counts)), version: configuration.version,
            source: URL(fileURLWithPath: store.path).lastPathComponent)
        let kept = ["rmse": nil, "mae": nil, "ndcg": 10] as [String: Int?]
        let metrics = configuration.compared.flatMap { kind in
            comparison.means(kind.rawValue).filter { kept[$0.metric] == .some($0.cutoff) }.map {
                StoredRun.Metric(model: kind.rawValue, metric: $0.metric, value: $0.value)
            }
        }
        return (try report.json, metrics)
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

    private func options() throws -> String {
        let options = [
            "models": configuration.kinds.map(\.rawValue).joined(separator: ","),
            "compared": configuration.compared.map(\.rawValue).joined(separator: ","),
            "neighbors": "\(configuration.graph.similarity.neighbors)", "seed": "\(configuration.graph.seed)",
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(options), as: UTF8.self)
    }

    private func result(
        _ graph: Snapshot, _ models: [ModelKind: FittedModel], _ comparison: String?
    ) throws -> RunResult {
        var result = RunResult()
        let (users, items) = (graph.ratings.users, graph.ratings.items)
        for user in 0..<users.count {
            for (place, near) in graph.neighbors.neighbors(of: user).enumerated() {
                result.neighbors.append(
                    (users[user], place + 1, users[Int(near.user)], near.similarity, Int(near.support)))
            }
            result.communities.append((users[user], Int(graph.partition.labels[user])))
        }
        for kind in configuration.kinds {
            guard let recommender = models[kind]?.recommender else { continue }
            let lists = recommender.topLists(
                for: graph.ratings, count: configuration.listLength, threads: configuration.threads)
            for (user, list) in lists.enumerated() {
                for (place, item) in list.enumerated() {
                    result.recommendations.append(
                        (users[user], kind.rawValue, place + 1, items[Int(item.item)], item.score))
                }
            }
        }
        result.files = try SavedSnapshot.files(graph, models, comparison: comparison, version: configuration.version)
        return result
    }
}
