import NIOCore
import Ratings
import Synchronization

/// Answers of one snapshot by what was asked for, as many as fit; of a user whose ratings have changed those of the newest
/// change.
final class AnswerCache: Sendable {
    private struct State {
        var version = ""
        var answers: [ExactText: (change: Int64?, answer: Answer)] = [:]
        var bytes = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// - Parameter version: that of the snapshot.
    func answer(to target: ExactText, of version: String, change: Int64?) -> Answer? {
        state.withLock { state in
            guard state.version == version, let kept = state.answers[target], kept.change == change else { return nil }
            return kept.answer
        }
    }

    /// Answers of another snapshot give way; where there is no room, all do and the newest stays.
    func keep(_ answer: Answer, to target: ExactText, of version: String, change: Int64?) {
        let size = Self.size(answer, target)
        guard size <= byteLimit / 8 else { return }
        state.withLock { state in
            if version != state.version || state.bytes + size > byteLimit { state = State(version: version) }
            let old = state.answers.updateValue((change, answer), forKey: target)
            state.bytes += size - (old.map { Self.size($0.answer, target) } ?? 0)
        }
    }

    private static func size(_ answer: Answer, _ target: ExactText) -> Int {
        answer.bytes.readableBytes + target.text.utf8.count
    }
}
