internal import LinearAlgebra

/// What the bits of a worker's results depend on, besides its input.
public struct Machine: Sendable, Equatable {
    /// The widest instruction set level that the kernels use: `x86-64-v3`.
    public var level: String
    /// The name and the version of the BLAS: `OpenBLAS 0.3.21`.
    public var blas: String
    /// The kernels that the BLAS has chosen for this processor: `Zen`.
    public var core: String
    /// The C library: `glibc 2.36`.
    public var libc: String
    /// The processors available.
    public var processors: Int

    /// This machine.
    public static var current: Machine {
        let blas = NumericLibrary.blas
        return Machine(
            level: NumericLibrary.processorLevel, blas: "\(blas.name) \(blas.version)", core: blas.core,
            libc: systemLibrary, processors: processorCount)
    }

    /// The payload of HELLO.
    var hello: [UInt8] {
        let lines = [
            "protocol=\(WorkerProtocol.version)", "version=\(WorkerProtocol.kindred)", "level=\(level)",
            "libc=\(libc)", "blas=\(blas)", "core=\(core)",
        ]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Throws where products would not have the bits of other machines: on x86-64 without AVX2 and FMA.
    func requireFusedMultiplyAdd() throws(WorkerFailure) {
        guard level != "x86-64" else {
            throw WorkerFailure(
                .otherMachine,
                "the processor is below x86-64-v3, whose fused multiply-adds round otherwise; leave this machine out of the cluster"
            )
        }
    }

    /// Throws unless level and core are those of the other workers, where the configuration names them.
    ///
    /// Levels v3 and v4 of x86-64 are alike: both add products with one rounding, in sums that do not depend on the width.
    func require(_ settings: WorkerSettings) throws(WorkerFailure) {
        let alike: Set = ["x86-64-v3", "x86-64-v4"]
        for (key, own) in [("level", level), ("core", core)] {
            if let wanted = settings.text(key), wanted != own, !alike.isSuperset(of: [wanted, own]) {
                throw WorkerFailure(
                    .otherMachine,
                    "\(key) is \(own) on this machine and has to be \(wanted): results would differ in their last bits")
            }
        }
    }
}
