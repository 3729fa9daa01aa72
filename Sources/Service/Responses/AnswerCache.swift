import NIOCore
import Synchronization

/// Answers of one snapshot by what was asked for, as many as fit.
final class AnswerCache: Sendable {
    private struct State {
        var run: Int64 = 0
        var answers: [String: Answer] = [:]
        var bytes = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    func answer(to target: String, run: Int64) -> Answer? {
        state.withLock { $0.run == run ? $0.answers[target] : nil }
    }

    /// Answers of an earlier snapshot give way; where there is no room, all do and the newest stays.
    func keep(_ answer: Answer, to target: String, run: Int64) {
        let size = answer.bytes.readableBytes + target.utf8.count
        guard size <= byteLimit / 8 else { return }
        state.withLock { state in
            guard run >= state.run else { return }
            if run > state.run || state.bytes + size > byteLimit { state = State(run: run) }
            guard state.answers.updateValue(answer, forKey: target) == nil else { return }
            state.bytes += size
        }
    }
}
