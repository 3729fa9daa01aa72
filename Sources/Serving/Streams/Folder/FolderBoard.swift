import Store
import Synchronization

/// How a watched folder is, for those who ask from other threads, and whether it is to go on.
final class FolderBoard: Sendable {
    private struct State {
        var status = StreamStatus()
        var rate = RateMeter()
        var failedFiles = 0
        var isPaused = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let tell: @Sendable (FolderNews) -> Void

    init(tell: @escaping @Sendable (FolderNews) -> Void) { self.tell = tell }

    var status: StreamStatus {
        state.withLock { state in
            var status = state.status
            status.rate = state.rate.rate()
            return status
        }
    }

    var failedFiles: Int { state.withLock { $0.failedFiles } }

    // MARK: Going on

    /// Whether nothing more is to be taken for now.
    var isHeld: Bool { state.withLock { $0.isPaused || $0.isStopped } }

    func pause(_ isPaused: Bool) { state.withLock { $0.isPaused = isPaused } }
    func stop() { state.withLock { $0.isStopped = true } }

    // MARK: What happens

    func become(_ state: StreamStatus.State) { self.state.withLock { $0.status.state = state } }

    func beginLook(lag: Int) {
        state.withLock { state in
            state.status.lag = lag
            state.status.state = .running
        }
    }

    func held() { state.withLock { $0.status.state = $0.isStopped ? .stopped : .paused } }

    func took(_ file: String, _ outcome: FileOutcome, start: Int) {
        let repeated = outcome.applied?.repeated ?? 0
        state.withLock { state in
            state.status.files += 1
            state.status.lastError = nil
            state.status.repeated += repeated
            state.status.taken += outcome.report.kept - repeated
            state.status.rejected += outcome.report.rejected
            state.rate.add(outcome.report.kept)
        }
        tell(.taken(file: file, outcome.report, start: start))
    }

    func repeated(_ file: String) {
        state.withLock { $0.status.files += 1 }
        tell(.repeated(file: file))
    }

    func failed(_ file: String, _ reason: String) {
        state.withLock { state in
            state.status.lastError = reason
            state.failedFiles += 1
        }
        tell(.failed(file: file, reason: reason))
    }

    /// Something is in the way; told once until something else is.
    func trouble(_ problem: String, _ newState: StreamStatus.State? = nil) {
        let isNew = state.withLock { state in
            defer { state.status.lastError = problem }
            if let newState { state.status.state = newState }
            return state.status.lastError != problem
        }
        if isNew { tell(.held(reason: problem)) }
    }

    func say(_ news: FolderNews) { tell(news) }
}
