import Dispatch
import Foundation
import HTTPTypes
import Store
import Synchronization

/// A statement of an administrator, answered by a process of its own.
///
/// SQLite ends a statement between two steps, and one step can take minutes and gigabytes. A process can be ended at any moment:
/// when its time is over, when nobody waits for the answer any more, and when the service stops. Whatever the statement does,
/// the service goes on.
final class QueryProcess: Sendable {
    private enum End { case late, stopped, large }

    private let query: ReadOnlyQuery
    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())
    private let state = Mutex<(isRunning: Bool, end: End?)>((false, nil))

    /// Seconds past the limit of time that the process has for saying so itself.
    private static let grace = 0.8
    /// The most bytes of an answer: six for each byte of a value, and what stands around it.
    private static let answerLimit = 64 << 20

    /// - Parameter command: see `ServiceConfiguration`.
    init(_ query: ReadOnlyQuery, onStoreAt store: String, command: [String]) {
        self.query = query
        process.executableURL = URL(fileURLWithPath: command.first ?? "")
        process.arguments = command.dropFirst() + ["\(query.rowLimit)", "\(query.timeLimit)", "--", store]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
    }

    /// The table as JSON; waits for it on a thread of its own.
    ///
    /// - Throws: `StoreError`, or `Problem` where the process could not answer.
    func answer() async throws -> Data {
        try await Connection.whileOpen {
            try await withCheckedThrowingContinuation { continuation in
                Self.queue.async { [self] in continuation.resume(with: Result { try run() }) }
            }
        } onEnd: { [self] in
            kill(.stopped)
        }
    }

    private static let queue = DispatchQueue(label: "queries", attributes: .concurrent)

    private func run() throws -> Data {
        try start()
        let alarm = DispatchSource.makeTimerSource()
        alarm.schedule(deadline: .now() + query.timeLimit + Self.grace)
        alarm.setEventHandler { [self] in kill(.late) }
        alarm.resume()
        defer { alarm.cancel() }
        // Where it has ended already, so has its answer.
        try? input.fileHandleForWriting.write(contentsOf: Data(query.sql.utf8))
        try? input.fileHandleForWriting.close()
        let answer = readAnswer()
        process.waitUntilExit()
        let reason = state.withLock { state in
            state.isRunning = false
            return state.end
        }
        return try result(answer, reason)
    }

    private func start() throws {
        try state.withLock { state in
            guard state.end == nil else { throw Self.stopped }
            do { try process.run() } catch {
                throw Problem(.serviceUnavailable, "the program that answers statements cannot be started (\(error))")
            }
            state.isRunning = true
            // Otherwise a write to a process that has ended would wait for this one to read.
            try? input.fileHandleForReading.close()
        }
    }

    private func readAnswer() -> Data {
        var answer = Data()
        while let part = try? output.fileHandleForReading.read(upToCount: 1 << 16), !part.isEmpty {
            answer += part
            if answer.count > Self.answerLimit { kill(.large) }
        }
        return answer
    }

    private func kill(_ reason: End) {
        state.withLock { state in
            state.end = state.end ?? reason
            if state.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
        }
    }

    private func result(_ answer: Data, _ reason: End?) throws -> Data {
        switch reason {
        case .late: throw StoreError.tooLong(seconds: query.timeLimit)
        case .large: throw Problem(.unprocessableContent, "the answer is too large; ask for fewer rows or columns")
        case .stopped: throw Self.stopped
        case nil: break
        }
        guard process.terminationReason == .exit else {
            throw StoreError.query("it takes more memory than it may have. Ask for less at once.")
        }
        if process.terminationStatus == 0 { return answer }
        guard let error = try? JSONDecoder().decode(StoreError.self, from: answer) else {
            throw Problem(.serviceUnavailable, "the process for the statement ended without an answer")
        }
        throw error
    }

    private static let stopped = Problem(.serviceUnavailable, "the service stops, and the statement with it")
}
