import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and termination: what was begun is cleaned up, and the process ends at once.
///
/// Kernels need not look for it: they hold nothing but memory.
enum Interruption {
    private static let cleanups = Mutex<[@Sendable () -> Void]>([])
    private static let sources = Mutex<[any DispatchSourceSignal]>([])

    /// Has `cleanup` called before an interrupted process ends.
    static func onInterrupt(_ cleanup: @escaping @Sendable () -> Void) {
        cleanups.withLock { $0.append(cleanup) }
        sources.withLock { sources in
            guard sources.isEmpty else { return }
            sources = [SIGINT, SIGTERM].map(watch)
        }
    }

    /// Removes what was begun, before the process ends.
    static func cleanUp() { cleanups.withLock { $0.forEach { $0() } } }

    private static func watch(_ signalNumber: Int32) -> any DispatchSourceSignal {
        // The default action would end the process before the source is told.
        signal(signalNumber, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: signalNumber, queue: .global(qos: .userInteractive))
        source.setEventHandler {
            cleanUp()
            // Where nobody reads standard error, the message would never end.
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) { _exit(128 + signalNumber) }
            Console.message("\nInterrupted: nothing was written.")
            // Not `exit`, which would tear down what other threads still use.
            _exit(128 + signalNumber)
        }
        // Until the source is registered, an interruption would be lost.
        let isRegistered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { isRegistered.signal() }
        source.resume()
        isRegistered.wait()
        return source
    }
}
