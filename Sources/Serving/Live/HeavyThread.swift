import Dispatch

/// Runs what computes for long on a thread of its own, for those of tasks are few.
enum HeavyThread {
    static func run<Value: Sendable>(
        qos: DispatchQoS.QoSClass = .utility, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: qos).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
