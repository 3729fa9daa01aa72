import CKindred
import Foundation
import Kindred
import Synchronization

private let interface: Int32 = 2
private let version = CText(Version.kindred)
private let processor: CText = {
    let blas = NumericLibrary.blas
    return CText(
        """
        level=\(NumericLibrary.processorLevel)
        blas=\(blas.name) \(blas.version)
        core=\(blas.core)
        processors=\(ProcessInfo.processInfo.activeProcessorCount)
        """)
}()

/// The process that first called a function that may start threads; 0 before.
private let owner = Atomic(Int32(0))

/// Throws in a process that was forked from one with Kindred's threads, which a fork does not have: loops would wait for them
/// for ever.
func requireUnforked() throws(Failure) {
    let own = ProcessInfo.processInfo.processIdentifier
    let first = owner.compareExchange(expected: 0, desired: own, ordering: .relaxed)
    guard !first.exchanged, first.original != own else { return }
    throw Failure(
        status: statusOther,
        description: "this process was forked from one that had used Kindred, whose threads it does not have; "
            + "start processes by spawn or forkserver, or use Kindred only after the fork")
}

@c @implementation
public func kindred_version() -> UnsafePointer<CChar>? { unsafe version.pointer }

@c @implementation
public func kindred_interface() -> Int32 { interface }

@c @implementation
public func kindred_processor() -> UnsafePointer<CChar>? { unsafe processor.pointer }
