import Foundation
import HTTPTypes
import Hummingbird
import Live
import Platform
import Ratings

/// Answers that depend on nothing but the request, the snapshot and at most the ratings of one user: they carry the version of
/// these, a caller who has that version is told so before anything is computed, and what was computed is kept until there is
/// another.
struct Versioned: Sendable {
    let live: LiveEngine
    private let work: HeavyWork
    private let kept = AnswerCache(byteLimit: 64 << 20)
    private let keptOfViews = AnswerCache(byteLimit: 16 << 20)
    /// Changes are numbered anew each time the program starts.
    private let start = String(UInt32.random(in: .min ... .max), radix: 16)

    /// - Parameter work: what computes answers.
    init(live: LiveEngine, work: HeavyWork) {
        self.live = live
        self.work = work
    }

    /// - Throws: `Problem.noSnapshot` before the first.
    func snapshot() throws(Problem) -> LiveSnapshot {
        guard let snapshot = live.snapshot else { throw .noSnapshot(live.trouble) }
        return snapshot
    }

    /// - Parameters:
    ///   - context: who asks, for others than administrators are told less.
    ///   - change: that of the user whose ratings count beside the snapshot, as `LiveEngine` numbers it.
    ///   - view: what the answer is of beside the snapshot.
    func respond(
        to request: Request, _ context: ServiceContext, change: Int64? = nil, view: GraphView? = nil,
        _ answer: @escaping @Sendable (LiveSnapshot) throws -> Answer
    ) async throws -> Response {
        let snapshot = try snapshot()
        return try await respond(
            to: request, context, version: view?.version ?? version(of: snapshot), change,
            view == nil ? kept : keptOfViews
        ) {
            try answer(snapshot)
        } isNewest: {
            // Not that of an earlier snapshot, which was swapped meanwhile.
            live.snapshot === snapshot
        }
    }

    /// Another one for each user who was erased since.
    private func version(of snapshot: LiveSnapshot) -> String {
        let erased = live.erasedCount
        return erased == 0 ? snapshot.version : "\(snapshot.version)-without-\(erased)"
    }

    /// From the graph as it stands, with what was rated a moment ago.
    func respond(
        to request: Request, _ context: ServiceContext, _ answer: @escaping @Sendable (GraphView) throws -> Answer
    ) async throws -> Response {
        let view = try await view()
        return try await respond(to: request, context, version: view.version, nil, keptOfViews) {
            try answer(view)
        } isNewest: {
            true
        }
    }

    /// From the neighbor lists as they stand.
    func respond(
        to request: Request, _ context: ServiceContext, graph: LiveGraph,
        _ answer: @escaping @Sendable () throws -> Answer
    ) async throws -> Response {
        try await respond(to: request, context, version: graph.version, nil, keptOfViews, answer) { false }
    }

    /// The same for what leaves the store and is too large to keep.
    func stream(
        to request: Request, _ context: ServiceContext, _ body: (GraphView) async throws -> Response
    ) async throws -> Response {
        let view = try await live.exported(view())
        return try await stream(to: request, context, version: view.version, nil) { try await body(view) }
    }

    /// - Throws: `Problem.noSnapshot` before the first.
    func view() async throws -> GraphView {
        guard let view = try await live.currentGraph() else { throw Problem.noSnapshot(live.trouble) }
        return view
    }

    private func respond(
        to request: Request, _ context: ServiceContext, version: String, _ change: Int64?, _ kept: AnswerCache,
        _ answer: @escaping @Sendable () throws -> Answer, isNewest: () -> Bool
    ) async throws -> Response {
        try await stream(to: request, context, version: version, change) {
            let target = ExactText(Self.target(request, context))
            if let answer = kept.answer(to: target, of: version, change: change) { return answer.response() }
            let answer = try await work.run { try answer() }
            if isNewest() { kept.keep(answer, to: target, of: version, change: change) }
            return answer.response()
        }
    }

    private func stream(
        to request: Request, _ context: ServiceContext, version: String, _ change: Int64?,
        _ body: () async throws -> Response
    ) async throws -> Response {
        let tag = tag(of: Self.target(request, context), version, change)
        if request.has(tag) {
            return Response(status: .notModified, headers: [.eTag: tag, .cacheControl: Self.policy])
        }
        var response = try await body()
        if request.hasAny, response.status == .ok { response = Response(status: .notModified) }
        response.headers[.eTag] = tag
        response.headers[.cacheControl] = Self.policy
        return response
    }

    /// What was asked for, and by whom where that makes a difference.
    private static func target(_ request: Request, _ context: ServiceContext) -> String {
        request.uri.string + (context.isAdministrator ? "" : " of groups")
    }

    /// Weak, for the same answer may be compressed or not.
    ///
    /// It names the snapshot of this store and no other, and the target: only who was answered there has the tag, so nothing
    /// that does not exist is answered with 304.
    private func tag(of target: String, _ version: String, _ change: Int64?) -> String {
        let change = change.map { "-\(start)-\($0)" } ?? ""
        let place = Array(sha256(Data("\(live.configuration.version) \(target)".utf8)).prefix(8)).hexadecimal
        return "W/\"\(version)\(change)-\(place)\""
    }

    /// Callers may keep it, but have to ask each time whether there is another.
    private static let policy = "private, no-cache"
}

extension Request {
    /// Whether the caller has something, whatever it is: `If-None-Match: *`.
    var hasAny: Bool { headers[.ifNoneMatch] == "*" }

    /// Whether the caller has what the tag stands for: `If-None-Match` of RFC 9110, section 13.1.2.
    ///
    /// - Parameter tag: a weak one.
    func has(_ tag: String) -> Bool {
        headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { given in
            let given = given.drop { $0 == " " }.prefix { $0 != " " }
            return given == tag || "W/\(given)" == tag
        }
    }
}
