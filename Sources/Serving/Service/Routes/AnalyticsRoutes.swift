import Dispatch
import FileOutput
import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Privacy
import Store

/// The ready views of the store, and SQL for administrators.
struct AnalyticsRoutes {
    let live: LiveEngine
    let body: JSONBody
    let work: HeavyWork
    /// Seconds that a statement or a view may take.
    let timeLimit: Double
    /// Runs statements of administrators, each in a process of its own: see `QueryProcess`.
    let command: [String]
    /// Statements cannot take the turns of views.
    private let statements = Slots(2, waiting: 8)
    private let views = Slots(4, waiting: 64)

    init(live: LiveEngine, body: JSONBody, work: HeavyWork, configuration: ServiceConfiguration) {
        self.live = live
        self.body = body
        self.work = work
        timeLimit = configuration.queryTimeLimit
        command = configuration.queryCommand
    }

    /// The most rows of an answer.
    private static let rowLimit = 10_000

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("analytics", use: list)
        router.get("analytics/:name", use: view)
    }

    func addAdministration(to router: RouterGroup<ServiceContext>) {
        router.post("admin/sql", use: sql)
    }

    private struct View: Encodable {
        struct Plot: Encodable {
            let x: String
            let y: String
            let kind: String
        }

        let name: String
        let title: String
        @Nullable var plot: Plot?

        init(_ view: AnalyticsView) {
            name = view.name
            title = view.title
            plot = view.plot.map { Plot(x: $0.x, y: $0.y, kind: $0.kind.rawValue) }
        }
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        return try Answer.json(ItemsMessage(items: AnalyticsView.all.map(View.init)))
    }

    @Sendable private func view(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let query = try Query(request, "limit", "format", "newest")
        let limit = try query.integer("limit", in: 1...Self.rowLimit, default: 1_000)
        let isCSV = try query.wantsCSV()
        let newest = try query.flag("newest")
        let name = try context.id("name")
        guard let view = AnalyticsView.all.first(where: { $0.name == name }) else {
            throw Problem.notFound("there is no view \"\(name.prefix(40))\"; /analytics lists them")
        }
        if let trouble = live.trouble, trouble.concernsStore {
            throw Problem(.serviceUnavailable, "what is counted would not be right: \(trouble.reason)")
        }
        if view.isAboutSingleUsers, !context.isAdministrator {
            throw Problem(.forbidden, "\(view.name) is about single users: the role admin is needed")
        }
        let group = context.limit(live.configuration.smallestGroup)
        let table = try await views.run {
            try await answer(of: view, limit: limit, newest: newest, hiding: group)
        }
        guard isCSV else { return try Answer.json(table) }
        return Answer.csv(table)
    }

    private struct Question: Decodable {
        let sql: String
        let rowLimit: Int?
        let timeLimit: Double?

        private enum CodingKeys: String, CodingKey, CaseIterable { case sql, row_limit, time_limit }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            sql = try fields.decode(String.self, forKey: .sql)
            rowLimit = try fields.decodeIfPresent(Int.self, forKey: .row_limit)
            timeLimit = try fields.decodeIfPresent(Double.self, forKey: .time_limit)
        }
    }

    @Sendable private func sql(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let question = try await body.read(Question.self, of: request).value
        let rows = question.rowLimit ?? 1_000
        let seconds = question.timeLimit ?? timeLimit
        guard 1...Self.rowLimit ~= rows else {
            throw Problem(.unprocessableContent, "row_limit is \(rows); it has to be from 1 to \(Self.rowLimit)")
        }
        guard seconds > 0, seconds <= timeLimit else {
            throw Problem(
                .unprocessableContent, "time_limit is \(seconds); it has to be above 0 and at most \(timeLimit)")
        }
        var query = ReadOnlyQuery(question.sql)
        query.rowLimit = rows
        query.timeLimit = seconds
        let json = try await statements.run { [query] in
            try await work.run { try live.store.audit(statement: query.sql, by: context.actor) }
            return try await QueryProcess(query, onStoreAt: live.store.path, command: command).answer()
        }
        return Answer(ByteBuffer(bytes: json), type: "application/json")
    }

    /// On a thread that may wait, for a view of many ratings takes seconds; it ends when nobody waits for it any more.
    ///
    /// - Parameter group: what others than administrators see no figures of fewer people than; nil for administrators.
    private func answer(
        of view: AnalyticsView, limit: Int, newest: Bool, hiding group: SmallestGroup?
    ) async throws -> DataTable {
        let stop = QueryStop()
        return try await Connection.whileOpen {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<DataTable, any Error>) in
                DispatchQueue.global(qos: .userInitiated).async { [live, timeLimit] in
                    continuation.resume(
                        with: Result {
                            guard let group else {
                                return try view.table(
                                    ofStoreAt: live.store.path, limit: limit, newest: newest, timeLimit: timeLimit,
                                    stop: stop)
                            }
                            return try view.table(
                                ofStoreAt: live.store.path, hiding: group, limit: limit, newest: newest,
                                timeLimit: timeLimit, stop: stop)
                        })
                }
            }
        } onEnd: {
            stop.stop()
        }
    }
}
