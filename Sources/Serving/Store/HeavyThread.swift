package import Dispatch

/// Runs what reads a store or computes for long on a thread of its own, for those of tasks are few.
package enum HeavyThread {
    package static func run<Value: Sendable>(
        qos: DispatchQoS.QoSClass = .utility, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: qos).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
