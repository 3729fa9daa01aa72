import Dispatch
import Foundation
import HTTPTypes
import Platform
import Store
import Synchronization

/// A statement of an administrator, answered by a process of its own.
///
/// SQLite ends a statement between two steps, and one step can take minutes and gigabytes. A process can be ended at any moment:
/// when its time is over, when nobody waits for the answer any more, and when the service stops. Whatever the statement does,
/// the service goes on.
final class QueryProcess: Sendable {
    private enum End { case late, stopped }

    private let query: ReadOnlyQuery
    private let command: [String]
    private let state = Mutex(State())

    private struct State {
        var process: ChildProcess?
        var end: End?

        mutating func start(_ command: [String]) throws -> ChildProcess {
            guard end == nil else { throw QueryProcess.stopped }
            do {
                let started = try ChildProcess(command)
                process = started
                return started
            } catch {
                throw Problem(.serviceUnavailable, "no process can be started for the statement (\(error.code))")
                    .with(.retryAfter, "5")
            }
        }
    }

    /// Seconds past the limit of time that the process has for saying so itself.
    private static let grace = 0.8
    /// The most bytes of an answer: six for each byte of a value, and what stands around it.
    private static let answerLimit = 64 << 20

    /// - Parameter command: see `ServiceConfiguration`.
    init(_ query: ReadOnlyQuery, onStoreAt store: String, command: [String]) {
        self.query = query
        self.command = command + ["\(query.rowLimit)", "\(query.timeLimit)", "--", store]
    }

    /// The table as JSON; waits for it on a thread of its own.
    ///
    /// - Throws: `StoreError`, or `Problem` where the process could not answer.
    func answer() async throws -> [UInt8] {
        try await Connection.whileOpen {
            try await withCheckedThrowingContinuation { continuation in
                Self.queue.async { [self] in continuation.resume(with: Result { try run() }) }
            }
        } onEnd: { [self] in
            end(.stopped)
        }
    }

    private static let queue = DispatchQueue(label: "queries", attributes: .concurrent)

    private func run() throws -> [UInt8] {
        let process = try state.withLock { try $0.start(command) }
        let alarm = DispatchSource.makeTimerSource()
        alarm.schedule(deadline: .now() + query.timeLimit + Self.grace)
        alarm.setEventHandler { [self] in end(.late) }
        alarm.resume()
        defer { alarm.cancel() }
        let (answer, ending) = process.answer(to: Array(query.sql.utf8), limit: Self.answerLimit)
        switch state.withLock({ $0.end }) {
        case .late: throw StoreError.tooLong(seconds: query.timeLimit)
        case .stopped: throw Self.stopped
        case nil: break
        }
        switch ending {
        case .exited(0): return answer
        case .exited:
            if let error = try? JSONDecoder().decode(StoreError.self, from: Data(answer)) { throw error }
            throw Problem(.serviceUnavailable, "the process for the statement ended without an answer")
        case .killed:
            throw StoreError.query("it takes more memory than it may have, or its answer is too large. Ask for less.")
        }
    }

    private func end(_ reason: End) {
        state.withLock { state in
            state.end = state.end ?? reason
            state.process?.kill()
        }
    }

    private static let stopped = Problem(.serviceUnavailable, "the service stops, and the statement with it")
}
