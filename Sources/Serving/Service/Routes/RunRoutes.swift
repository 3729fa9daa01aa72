import Engine
import FileOutput
import Graphs
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Neighbors
import Privacy
import Ratings
import Store

/// What was computed when, how well it does, and how things stand.
struct RunRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let metrics: ServiceMetrics
    let work: HeavyWork
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("runs", use: runs)
        router.get("compare", use: comparison)
        router.get("recommendations/generated", use: generated)
        router.get("summary", use: summary)
    }

    private struct Run: Encodable {
        struct Metric: Encodable {
            let model: String
            let metric: String
            let value: Double
        }

        struct Stage: Encodable {
            let stage: String
            let seconds: Double
        }

        struct Comparison: Encodable {
            let run: Int64
            let changedRatings: Int
        }

        let run: Int64
        let started: Int64
        let seconds: Double
        let ratings: Int
        let metrics: [Metric]
        let stages: [Stage]
        @Nullable var comparison: Comparison?

        init(_ run: StoredRun) {
            self.run = run.number
            started = run.started
            seconds = run.seconds
            ratings = run.ratings
            metrics = run.metrics.map { Metric(model: $0.model, metric: $0.metric, value: $0.value) }
            stages = run.stages.map { Stage(stage: $0.stage, seconds: $0.seconds) }
            comparison = run.comparison.map { comparison in
                switch comparison {
                case .own: Comparison(run: run.number, changedRatings: 0)
                case .kept(let earlier, let changed): Comparison(run: earlier, changedRatings: changed)
                }
            }
        }
    }

    @Sendable private func runs(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let page = try Page(Query(request, "page", "per_page"))
        return try await work.run {
            let (runs, total) = try live.store.runs(limit: page.size, offset: page.offset)
            return try Answer.json(
                PageMessage(runs.map(Run.init), page, total: total), headers: [.link: page.link(request, total: total)])
        }
    }

    @Sendable private func comparison(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        let audience = context.audience
        return try await versioned.respond(to: request, context) { (snapshot: LiveSnapshot) in
            guard let comparison = snapshot.comparison else {
                throw Problem.notFound("the newest run has compared no models")
            }
            return Answer(
                ByteBuffer(bytes: try audience.comparison(comparison, hiding: live.configuration.smallestGroup)),
                type: "application/json")
        }
    }

    // MARK: Its recommendations

    private struct Generated: Encodable {
        @Nullable var userId: String?
        let model: String
        let rank: Int
        let itemId: String
        @Nullable var title: String?
        /// What the list is sorted by: `predicted_rating` or `score`.
        let unit: String
        @Nullable var predictedRating: Double?
        @Nullable var score: Double?
        @Nullable var reasons: [String]?
        /// When the run began, in seconds since 1970.
        let started: Int64
    }

    @Sendable private func generated(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "page", "per_page", "format")
        let page = try Page(query)
        let isCSV = try query.wantsCSV()
        return try await versioned.respond(to: request, context) { snapshot in
            let (rows, total) = try live.store.recommendations(
                of: snapshot.run, limit: page.size, offset: page.offset)
            let messages = try rows.map { try message($0, snapshot, context) }
            if isCSV {
                var answer = Answer.csv(Self.table(messages))
                answer.headers[.link] = page.link(request, total: total)
                return answer
            }
            return try Answer.json(
                PageMessage(messages, page, total: total), headers: [.link: page.link(request, total: total)])
        }
    }

    private func message(
        _ row: StoredRecommendation, _ snapshot: LiveSnapshot, _ context: ServiceContext
    ) throws -> Generated {
        var reasons: [String]?
        if let kind = ModelKind(rawValue: row.model), let recommender = snapshot.recommender(kind),
            let user = snapshot.ratings.users.index(of: row.user), let item = snapshot.ratings.items.index(of: row.item)
        {
            let person = Person(user: user, of: snapshot.ratings)
            let size = context.isAdministrator ? 1 : live.configuration.smallestGroup.size
            reasons = try recommender.reasons(for: item, to: person, .groups(of: size))
        }
        return Generated(
            userId: context.audience.id(row.user), model: row.model, rank: row.place, itemId: row.item,
            title: row.title,
            unit: row.score == nil ? "predicted_rating" : "score", predictedRating: row.predictedRating,
            score: row.score, reasons: reasons, started: snapshot.run.started)
    }

    private static func table(_ rows: [Generated]) -> DataTable {
        func value(_ number: Double?) -> DataTable.Value { number.map(DataTable.Value.real) ?? .null }
        return DataTable(
            columns: [
                "started", "user_id", "model", "rank", "item_id", "title", "unit", "predicted_rating", "score",
                "reason",
            ],
            rows: rows.map { row in
                [
                    .integer(row.started), row.userId.map(DataTable.Value.text) ?? .null, .text(row.model),
                    .integer(Int64(row.rank)),
                    .text(row.itemId), row.title.map(DataTable.Value.text) ?? .null, .text(row.unit),
                    value(row.predictedRating), value(row.score),
                    row.reasons?.first.map(DataTable.Value.text) ?? .null,
                ]
            })
    }

    // MARK: How things stand

    private struct Summary: Encodable {
        struct Scale: Encodable {
            let minimum: Float
            let maximum: Float
            /// Between two ratings that are next to each other; null where they have none.
            @Nullable var step: Float?
        }

        struct Snapshot: Encodable {
            let run: Int64
            let started: Int64
            let ageSeconds: Int64
            let ratings: Int
            let users: Int
            let items: Int
            let edges: Int
            let communities: Int
            let modularity: Double
        }

        struct Minute: Encodable {
            let minute: Int64
            /// nil where they are of too few people, for whoever asks.
            @Nullable var ratings: Int?
        }

        let version: String
        let users: Int
        let items: Int
        let ratings: Int
        @Nullable var scale: Scale?
        let models: [String]
        @Nullable var snapshot: Snapshot?
        /// Whether `/compare` has something.
        let comparison: Bool
        let refreshing: Bool
        /// Why there is no snapshot or an old one; null where nothing is wrong.
        @Nullable var trouble: String?
        /// Whether another service writes the store.
        let readOnly: Bool
        let ratingsIngested: Int
        let recommendationsServed: Int
        let newestMinutes: [Minute]
    }

    @Sendable private func summary(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let group = context.limit(live.configuration.smallestGroup)
        return try await work.run { try summary(hiding: group) }
    }

    /// The newest minutes for those who may not see figures of few people, from the store.
    private func newestMinutes(hiding group: SmallestGroup?, now: Int64) throws -> [Summary.Minute] {
        let minutes = metrics.newestMinutes(now: now)
        guard let group else { return minutes.map { .init(minute: $0.minute, ratings: $0.ratings) } }
        let told = Dictionary(
            uniqueKeysWithValues: try live.store.arrivals(since: minutes.first?.minute ?? now, hiding: group))
        return minutes.map { .init(minute: $0.minute, ratings: told[$0.minute, default: 0]) }
    }

    private func summary(hiding group: SmallestGroup?) throws -> Answer {
        let counts = try live.store.counts()
        let now = now()
        let scale = try live.store.scale()
        let snapshot = live.snapshot
        let step = snapshot?.scale?.step
        return try Answer.json(
            Summary(
                version: live.configuration.version, users: counts.users, items: counts.items, ratings: counts.ratings,
                scale: scale.map { .init(minimum: $0.lowerBound, maximum: $0.upperBound, step: step) },
                models: live.configuration.kinds.map(\.rawValue),
                snapshot: snapshot.map { message($0, now: now) }, comparison: snapshot?.comparison != nil,
                refreshing: live.isRefreshing, trouble: live.trouble?.reason, readOnly: live.isFollower,
                ratingsIngested: metrics.ratingsIngested, recommendationsServed: metrics.recommendationsServed,
                newestMinutes: try newestMinutes(hiding: group, now: now)))
    }

    private func message(_ snapshot: LiveSnapshot, now: Int64) -> Summary.Snapshot {
        Summary.Snapshot(
            run: snapshot.run.number, started: snapshot.run.started, ageSeconds: max(0, now - snapshot.run.started),
            ratings: snapshot.ratings.count, users: snapshot.ratings.users.count, items: snapshot.ratings.items.count,
            edges: snapshot.graph.similarity.graph.edgeCount, communities: snapshot.graph.partition.communityCount,
            modularity: snapshot.graph.modularity)
    }
}
