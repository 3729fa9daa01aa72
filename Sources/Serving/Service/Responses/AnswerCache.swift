import NIOCore
import Synchronization

/// Answers of one snapshot by what was asked for, as many as fit; of a user whose ratings have changed those of the newest
/// change.
final class AnswerCache: Sendable {
    private struct State {
        var run: Int64 = 0
        var answers: [String: (change: Int?, answer: Answer)] = [:]
        var bytes = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    func answer(to target: String, run: Int64, change: Int?) -> Answer? {
        state.withLock { state in
            guard state.run == run, let kept = state.answers[target], kept.change == change else { return nil }
            return kept.answer
        }
    }

    /// Answers of an earlier snapshot give way; where there is no room, all do and the newest stays.
    func keep(_ answer: Answer, to target: String, run: Int64, change: Int?) {
        let size = Self.size(answer, target)
        guard size <= byteLimit / 8 else { return }
        state.withLock { state in
            guard run >= state.run else { return }
            if run > state.run || state.bytes + size > byteLimit { state = State(run: run) }
            let old = state.answers.updateValue((change, answer), forKey: target)
            state.bytes += size - (old.map { Self.size($0.answer, target) } ?? 0)
        }
    }

    private static func size(_ answer: Answer, _ target: String) -> Int {
        answer.bytes.readableBytes + target.utf8.count
    }
}
