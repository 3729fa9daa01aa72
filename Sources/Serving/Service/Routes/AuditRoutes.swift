import FileOutput
import HTTPTypes
import Hummingbird
import Store

/// Who did what when to whose data, for auditors.
struct AuditRoutes {
    let store: Store
    let work: HeavyWork

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("audit", use: entries)
        router.get("audit/verification", use: verification)
    }

    private struct Entry: Encodable {
        let entry: Int64
        let time: Int64
        let actor: String
        let action: String
        /// Null where it is about nobody.
        @Nullable var subject: String?
        let detail: String

        init(_ entry: AuditEntry) {
            self.entry = entry.entry
            time = entry.time
            actor = entry.actor
            action = entry.action
            subject = entry.subject
            detail = entry.detail
        }
    }

    @Sendable private func entries(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let query = try Query(request, "page", "per_page", "format", "user", "since")
        let page = try Page(query)
        let isCSV = try query.wantsCSV()
        var question = AuditQuery()
        question.user = try query.optionalText("user")
        question.since = Int64(try query.integer("since", in: 0...Self.latest, default: 0))
        question.isNewestFirst = true
        (question.limit, question.offset) = (page.size, page.offset)
        return try await work.run { [question] in
            let (entries, total) = try store.auditEntries(question)
            var answer =
                isCSV
                ? Answer.csv(entries.table)
                : try Answer.json(PageMessage(entries.map(Entry.init), page, total: total))
            answer.headers[.link] = page.link(request, total: total)
            return answer
        }
    }

    /// Seconds since 1970, before the year 10000.
    private static let latest = 253_402_300_799

    private struct Verification: Encodable {
        let holds: Bool
        let entries: Int
        @Nullable var first: Int64?
        let last: Int64
        let head: String
        /// What does not hold; null where all does.
        @Nullable var problem: String?
        @Nullable var problemEntry: Int64?
    }

    @Sendable private func verification(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let head = try Query(request, "head").optionalText("head")
        if let head, head.wholeMatch(of: /[0-9A-Fa-f]{64}/) == nil {
            throw Problem.badRequest("head is \"\(head.prefix(80))\"; it has to be 64 hexadecimal digits")
        }
        return try await work.run {
            let found = try store.verifyAudit(head: head)
            return try Answer.json(
                Verification(
                    holds: found.holds, entries: found.entries, first: found.first, last: found.last, head: found.head,
                    problem: found.problem?.description, problemEntry: found.problem?.entry))
        }
    }
}
