import HTTPTypes
import Synchronization

/// So many requests of a kind at once, so many that wait for their turn, and none beyond: they cannot take what others need.
package final class Slots: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let waitingLimit: Int
    private let state: Mutex<State>

    package init(_ count: Int, waiting: Int) {
        waitingLimit = waiting
        state = Mutex(State(free: count))
    }

    /// - Throws: `Problem` where as many wait as may, and what `body` throws.
    package func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard await enter() else {
            throw Problem(.serviceUnavailable, "as many requests of this kind wait as may; ask again later")
                .with(.retryAfter, "5")
        }
        defer { leave() }
        return try await body()
    }

    private func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            let isAdmitted: Bool? = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                guard state.waiting.count < waitingLimit else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let isAdmitted { continuation.resume(returning: isAdmitted) }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
