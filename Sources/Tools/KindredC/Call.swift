import CKindred
import Kindred
import Synchronization

/// What a running function shares with the threads around it: `kindred_call`.
final class Call: Sendable {
    private struct State {
        var cancellation = Cancellation()
        var error = CText("")
    }

    private let state = Mutex(State())
    /// The bits of the share that is done.
    private let share = Atomic(UInt64(0))

    var progress: Double { Double(bitPattern: share.load(ordering: .relaxed)) }

    /// Tells how far the function is, from 0 to 1, from any thread; it never falls.
    func report(_ progress: Double) {
        // The bits of numbers that are not negative ascend with them.
        share.max(min(1, max(0, progress)).bitPattern, ordering: .relaxed)
    }

    func stop() { state.withLock { $0.cancellation }.request() }

    /// The error of the last function, as long as the call lives and no other function begins.
    var error: UnsafePointer<CChar> { unsafe state.withLock { $0.error }.pointer }

    /// Runs a function: begins with no progress and no error, and ends with its status and error.
    func run(_ work: (Call) throws -> Void) -> kindred_status {
        share.store(0, ordering: .relaxed)
        let cancellation = state.withLock { state in
            state.error = CText("")
            return state.cancellation
        }
        do {
            try requireUnforked()
            if cancellation.isRequested { throw SimilarityError.cancelled }
            try cancellation.cancellable { try work(self) }
            report(1)
            renew(cancellation)
            return statusDone
        } catch {
            // A failure that came with a request to stop is of no interest.
            let isStopped = cancellation.isRequested
            state.withLock { $0.error = CText(isStopped ? "the call was stopped" : "\(error)") }
            renew(cancellation)
            return isStopped ? statusStopped : Failure.status(of: error)
        }
    }

    /// A request that came during a function is not for the next.
    private func renew(_ cancellation: Cancellation) {
        if cancellation.isRequested { state.withLock { $0.cancellation = Cancellation() } }
    }
}

/// Runs a function of the interface for a call, or for one of its own where C gives none.
@safe func answer(_ handle: OpaquePointer?, _ work: (Call) throws -> Void) -> kindred_status {
    guard let handle = unsafe handle else { return Call().run(work) }
    guard let call: Call = Handles.object(handle) else { return statusValue }
    return call.run(work)
}

/// The same for small functions that take no call.
func answer(_ work: () throws -> Void) -> kindred_status { Call().run { _ in try work() } }

@c @implementation
public func kindred_call_make() -> OpaquePointer? { Handles.insert(Call()) }

@c @implementation
public func kindred_call_free(_ call: OpaquePointer?) { Handles.remove(call, Call.self) }

@c @implementation
public func kindred_call_stop(_ call: OpaquePointer?) { Handles.object(call, Call.self)?.stop() }

@c @implementation
public func kindred_call_progress(_ call: OpaquePointer?) -> Double { Handles.object(call, Call.self)?.progress ?? 0 }

@c @implementation
public func kindred_call_error(_ call: OpaquePointer?) -> UnsafePointer<CChar>? {
    guard let call: Call = Handles.object(call) else { return unsafe notACall.pointer }
    return unsafe call.error
}

private let notACall = CText("the handle is of no call, or of one that was freed")
