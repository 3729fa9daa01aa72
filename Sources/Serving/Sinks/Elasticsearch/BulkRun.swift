import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Platform

/// How bulks are sent.
public struct BulkSettings: Sendable {
    /// The most bytes of a body before compression, except for one document that is larger. The default is 5 MB.
    public var bodyBytes = 5_000_000
    /// How many attempts in a row may bring nothing before it is given up. The default is 10, within about two minutes.
    public var attempts = 10
    /// The most that the wait after the first attempt takes; it doubles with each. The default is 0.25 s.
    public var firstWait = Duration.milliseconds(250)

    public init() {}
}

extension ElasticsearchClient {
    /// Writes and removes documents, through aliases that have to be there.
    ///
    /// Each item is judged by itself: those that a busy server refuses are sent again alone, after a wait; a body that is too
    /// large is halved; what the server will never take is a dead letter. Operations on one document need no order: their
    /// versions have one.
    ///
    /// - Throws: `ElasticsearchError` where the server is busy or away for longer than the settings allow, where an alias is not
    ///   there and where the server does not let the client write: some operations may be done then. `CancellationError`.
    public func bulk(_ operations: [BulkOperation], _ settings: BulkSettings = BulkSettings()) async throws
        -> BulkOutcome
    {
        var run = BulkRun(client: self, settings: settings)
        var waiting = operations
        while !waiting.isEmpty {
            var refused: [BulkOperation] = []
            for body in run.settings.bodies(of: waiting) { refused += try await run.send(body) }
            if !refused.isEmpty { try await run.pause(of: waiting.count, refused: refused.count) }
            waiting = refused
        }
        return run.outcome
    }
}

extension BulkSettings {
    /// Operations in bodies that are not too large, in their order.
    package func bodies(of operations: [BulkOperation]) -> [ArraySlice<BulkOperation>] {
        var bodies: [ArraySlice<BulkOperation>] = []
        var (first, bytes) = (0, 0)
        for (index, operation) in operations.enumerated() {
            if bytes + operation.lines.count > bodyBytes, index > first {
                bodies.append(operations[first..<index])
                (first, bytes) = (index, 0)
            }
            bytes += operation.lines.count
        }
        if first < operations.count { bodies.append(operations[first...]) }
        return bodies
    }
}

/// The requests of one bulk.
private struct BulkRun {
    let client: ElasticsearchClient
    private(set) var settings: BulkSettings
    var outcome = BulkOutcome()
    /// Bodies are not made smaller than this where no answer comes.
    private static let leastBytes = 100_000
    private var backoff: Backoff
    private var generator = SystemRandomNumberGenerator()
    /// Rounds in a row that brought nothing, and what the last refusal said.
    private var failures = 0
    private var problem = ""
    private var asked: Duration?

    init(client: ElasticsearchClient, settings: BulkSettings) {
        self.client = client
        self.settings = settings
        backoff = Backoff(first: settings.firstWait)
    }

    /// Waits before the operations of a round that were refused are sent again.
    mutating func pause(of count: Int, refused: Int) async throws {
        outcome.retries += refused
        failures = refused < count ? 0 : failures + 1
        guard failures < settings.attempts else {
            throw ElasticsearchError.unreachable(
                request: "POST \(client.configuration.url)/_bulk", problem: "\(problem), \(failures) times")
        }
        if failures == 0 { backoff.reset() }
        try await Task.sleep(for: backoff.next(asked: asked, using: &generator))
        asked = nil
    }

    /// Sends one body.
    ///
    /// - Returns: the operations that have to be sent again.
    mutating func send(_ operations: ArraySlice<BulkOperation>) async throws -> [BulkOperation] {
        let answer: ServerAnswer
        do {
            answer = try await post(operations)
        } catch ElasticsearchError.unreachable(_, let problem) {
            // A server that is too slow for the whole answers a half in time; the same again would keep it busy for nothing.
            let bytes = operations.reduce(0) { $0 + $1.lines.count }
            settings.bodyBytes = min(settings.bodyBytes, max(Self.leastBytes, bytes / 2))
            return again(operations, problem)
        }
        switch answer.status {
        case 200:
            guard let bulk = BulkAnswer(answer.body, to: operations) else {
                return again(operations, "the answer has not one item for each operation")
            }
            return try judge(operations, bulk.verdicts)
        case 413:
            if operations.count == 1, let only = operations.first {
                outcome.rejected.append(
                    DeadLetter(operation: only, status: 413, type: "", reason: "the document is too large"))
                return []
            }
            let middle = operations.startIndex + operations.count / 2
            let first = try await send(operations[..<middle])
            return first + (try await send(operations[middle...]))
        case _ where answer.isBusy:
            asked = max(asked ?? .zero, answer.retryAfter ?? .zero)
            return again(operations, "the server answers \(answer.status)")
        default: throw answer.error
        }
    }

    private mutating func post(_ operations: ArraySlice<BulkOperation>) async throws -> ServerAnswer {
        try Task.checkCancellation()
        var body: [UInt8] = []
        body.reserveCapacity(operations.reduce(0) { $0 + $1.lines.count })
        for operation in operations { body += operation.lines }
        outcome.requests += 1
        outcome.bytes += body.count
        return try await client.send(
            .POST, "/_bulk", query: "require_alias=true&filter_path=errors,items.*.status,items.*.error",
            body: ByteBuffer(bytes: gzip(body)), as: .lines, isCompressed: true)
    }

    private mutating func again(_ operations: ArraySlice<BulkOperation>, _ problem: String) -> [BulkOperation] {
        self.problem = problem
        return Array(operations)
    }

    private mutating func judge(
        _ operations: ArraySlice<BulkOperation>, _ verdicts: [BulkVerdict]?
    ) throws -> [BulkOperation] {
        guard let verdicts else {
            outcome.done += operations.count
            return []
        }
        var refused: [BulkOperation] = []
        for (operation, verdict) in zip(operations, verdicts) {
            switch verdict {
            case .done: outcome.done += 1
            case .again(let reason):
                problem = reason
                refused.append(operation)
            case .dead(let status, let type, let reason):
                outcome.rejected.append(
                    DeadLetter(operation: operation, status: status, type: type, reason: reason))
            case .stop(let error): throw error
            }
        }
        return refused
    }
}
