import HTTPTypes
import Hummingbird
import Live
import Store

/// Answers that depend on nothing but the request and the snapshot: they carry its version, a caller who has that version is
/// told so before anything is computed, and what was computed is kept until the next snapshot.
struct Versioned: Sendable {
    let live: LiveEngine
    private let kept = AnswerCache(byteLimit: 64 << 20)

    init(live: LiveEngine) { self.live = live }

    /// - Throws: `Problem.noSnapshot` before the first.
    func snapshot() throws(Problem) -> LiveSnapshot {
        guard let snapshot = live.snapshot else { throw .noSnapshot }
        return snapshot
    }

    func respond(to request: Request, _ answer: (LiveSnapshot) async throws -> Answer) async throws -> Response {
        try await stream(to: request) { snapshot in
            let (target, run) = (request.uri.string, snapshot.run.number)
            if let answer = kept.answer(to: target, run: run) { return answer.response() }
            let answer = try await answer(snapshot)
            kept.keep(answer, to: target, run: run)
            return answer.response()
        }
    }

    /// The same for what is too large to keep.
    func stream(to request: Request, _ body: (LiveSnapshot) async throws -> Response) async throws -> Response {
        let snapshot = try snapshot()
        // Weak, for the same answer may be compressed or not.
        let tag = "W/\"run-\(snapshot.run.number)-\(live.configuration.version)\""
        if request.has(tag) {
            return Response(status: .notModified, headers: [.eTag: tag, .cacheControl: Self.policy])
        }
        var response = try await body(snapshot)
        response.headers[.eTag] = tag
        response.headers[.cacheControl] = Self.policy
        return response
    }

    /// Callers may keep it, but have to ask each time whether there is another.
    private static let policy = "private, no-cache"
}

extension Request {
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
