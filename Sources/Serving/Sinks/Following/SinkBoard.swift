import Foundation
import Store
import Synchronization

/// How a sink is, for those who ask from other threads.
final class SinkBoard: Sendable {
    private struct State {
        var status = SinkStatus()
        /// When the oldest entry that the sink does not have was written, in seconds since 1970.
        var oldest: Int64?
    }

    private let state = Mutex(State())

    var status: SinkStatus {
        state.withLock { state in
            var status = state.status
            if status.entriesBehind != nil {
                let now = Int64(Date().timeIntervalSince1970)
                status.secondsBehind = state.oldest.map { Int(max(0, now - $0)) } ?? 0
            }
            return status
        }
    }

    func become(_ newState: SinkStatus.State) { state.withLock { $0.status.state = newState } }

    /// It follows the store from where a load or the program before has ended.
    func follow(_ sink: SinkState) {
        state.withLock { state in
            state.status.state = .running
            state.status.run = sink.run
            state.status.lastError = nil
        }
    }

    /// - Parameter lag: nil where the sink needs a full load first.
    func measured(_ lag: (entries: Int, oldest: Int64?)?) {
        state.withLock { state in
            state.status.entriesBehind = lag?.entries
            state.oldest = lag?.oldest
        }
    }

    func count(_ kind: IndexKind, _ outcome: BulkOutcome) {
        state.withLock { state in
            state.status.documents[kind, default: .init()].done += outcome.done
            state.status.documents[kind, default: .init()].rejected += outcome.rejected.count
            state.status.retries += outcome.retries
            if let letter = outcome.rejected.first { state.status.lastError = "a document was refused: \(letter)" }
        }
    }

    func count(_ load: IndexLoader.Summary) {
        state.withLock { state in
            for index in load.indices { state.status.documents[index.kind, default: .init()].done += index.documents }
            for (kind, count) in load.rejectedOf { state.status.documents[kind, default: .init()].rejected += count }
            state.status.retries += load.bulk.retries
        }
    }

    func countLoad() { state.withLock { $0.status.loads += 1 } }

    func countOverflow() { state.withLock { $0.status.overflows += 1 } }

    func ended(run: Int64) { state.withLock { $0.status.run = run } }

    /// Something is in the way until the next attempt.
    ///
    /// - Returns: whether it was not before.
    func trouble(_ problem: String) -> Bool {
        state.withLock { state in
            defer { (state.status.state, state.status.lastError) = (.waiting, problem) }
            return state.status.lastError != problem
        }
    }
}
