import Evaluation
import FileOutput
import HTTPTypes
import Hummingbird
import Live
import Privacy
import Store

/// How well ratings were predicted before they came, by model: in total, over the newest and by minute.
struct StreamErrorRoutes {
    let live: LiveEngine
    let work: HeavyWork
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// A week.
    private static let mostMinutes = 10_080

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("stream/error", use: error)
    }

    private struct Figures: Encodable {
        let model: String
        let users: String
        let ratings: Int
        @Nullable var rmse: Double?
        @Nullable var mae: Double?
        /// nil for others than administrators: the others of few ratings may be of few people.
        @Nullable var likes: Int?
        @Nullable var hitRate: Double?

        init(model: String, users: String, _ sums: ErrorSums) {
            self.model = model
            self.users = users
            ratings = sums.count
            (rmse, mae, hitRate) = (sums.rmse, sums.mae, sums.hitRate)
            likes = sums.likes
        }

        init(_ part: PrequentialError.Part) {
            self.init(model: part.model, users: part.users.rawValue, part.sums)
        }
    }

    private struct Minute: Encodable {
        let minute: Int64
    }

    private struct Drift: Encodable {
        let model: String
        let ratings: Int
        let before: Double
        let after: Double
    }

    private struct Message: Encodable {
        let window: Int
        let total: [Figures]
        let newest: [Figures]
        let minutes: [Joined<Minute, Figures>]
        let drifts: [Drift]
    }

    @Sendable private func error(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let query = try Query(request, "minutes", "format")
        let count = try query.integer("minutes", in: 1...Self.mostMinutes, default: 60)
        let isCSV = try query.wantsCSV()
        return try await work.run {
            // Those of a store that cannot be written now come later.
            try? live.keepStreamErrors(now: now())
            let last = now() / 60 * 60
            let minutes = try live.store.streamErrors(in: last - 60 * Int64(count - 1)..<last + 60)
            guard context.isAdministrator else {
                return isCSV ? Answer.csv(Self.table([])) : try message(hiding: live.configuration.smallestGroup)
            }
            return isCSV ? Answer.csv(Self.table(minutes)) : try message(minutes)
        }
    }

    /// Others than administrators are told the errors over all users, where enough people are in the window, and enough or nobody
    /// before it: how many people a minute's are of is not kept, new users may be few, and one of them may make the error drift.
    private func message(hiding group: SmallestGroup) throws -> Answer {
        let error = live.liveGraph?.error
        let isTold = error.map { group.allows($0.people.inWindow) && group.allows($0.people.before) } ?? false
        func figures(_ parts: [PrequentialError.Part]?) -> [Figures] {
            (isTold ? parts ?? [] : []).filter { $0.users == .all }.map { part in
                var figures = Figures(part)
                figures.likes = nil
                return figures
            }
        }
        return try Answer.json(
            Message(
                window: error?.window ?? 1, total: figures(error?.total), newest: figures(error?.current), minutes: [],
                drifts: []))
    }

    private func message(_ minutes: [StreamError]) throws -> Answer {
        let error = live.liveGraph?.error
        return try Answer.json(
            Message(
                window: error?.window ?? 1, total: error?.total.map(Figures.init) ?? [],
                newest: error?.current.map(Figures.init) ?? [],
                minutes: minutes.map {
                    Joined(Minute(minute: $0.minute), Figures(model: $0.model, users: $0.users, $0.sums))
                },
                drifts: error?.drifts.map {
                    Drift(model: $0.model, ratings: $0.count, before: $0.before, after: $0.after)
                } ?? []))
    }

    private static func table(_ minutes: [StreamError]) -> DataTable {
        func real(_ value: Double?) -> DataTable.Value { value.map(DataTable.Value.real) ?? .null }
        return DataTable(
            columns: ["minute", "model", "users", "ratings", "rmse", "mae", "likes", "hit_rate"],
            rows: minutes.map { row in
                [
                    .integer(row.minute), .text(row.model), .text(row.users), .integer(Int64(row.count)),
                    real(row.sums.rmse), real(row.sums.mae), .integer(Int64(row.likes)), real(row.sums.hitRate),
                ]
            })
    }
}
