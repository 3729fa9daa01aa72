import Synchronization

/// Arithmetic done by each library, counted where it happens; summaries report these numbers for BLAS and LAPACK.
///
/// The counters are per process. The difference of two readings covers the work in between, including concurrent work
/// on other threads.
public struct OperationCounts: Sendable, Equatable {
    /// Multiply-adds in products of sparse rows: by BLAS's `gemm`, by lanes, and pair by pair (`RowProducts`). Products
    /// with stored or padded zeros count too: the processor executes them.
    public var blasMultiplyAdds = 0
    /// Multiply-adds by lanes.
    public var laneMultiplyAdds = 0
    /// Multiply-adds pair by pair.
    public var pairMultiplyAdds = 0
    /// Symmetric systems factored by LAPACK's `potrf` and by the kernel.
    public var lapackFactorizations = 0
    /// Factorizations by Kindred's kernel.
    public var kernelFactorizations = 0

    /// No operations.
    public init() {}

    /// Totals since the process started; each thread reports when it releases its workspace.
    public static var current: OperationCounts {
        var counts = OperationCounts()
        counts.blasMultiplyAdds = counters.blas.load(ordering: .relaxed)
        counts.laneMultiplyAdds = counters.lanes.load(ordering: .relaxed)
        counts.pairMultiplyAdds = counters.pairs.load(ordering: .relaxed)
        counts.lapackFactorizations = counters.lapack.load(ordering: .relaxed)
        counts.kernelFactorizations = counters.kernel.load(ordering: .relaxed)
        return counts
    }

    /// Totals since an earlier reading.
    public static func since(_ earlier: OperationCounts) -> OperationCounts {
        var counts = current
        counts.blasMultiplyAdds -= earlier.blasMultiplyAdds
        counts.laneMultiplyAdds -= earlier.laneMultiplyAdds
        counts.pairMultiplyAdds -= earlier.pairMultiplyAdds
        counts.lapackFactorizations -= earlier.lapackFactorizations
        counts.kernelFactorizations -= earlier.kernelFactorizations
        return counts
    }

    /// All multiply-adds.
    public var multiplyAdds: Int { blasMultiplyAdds + laneMultiplyAdds + pairMultiplyAdds }

    static func add(_ factorizations: Int, by solver: Solver) {
        switch solver {
        case .lapack: counters.lapack.add(factorizations, ordering: .relaxed)
        case .kernel: counters.kernel.add(factorizations, ordering: .relaxed)
        }
    }

    static func addMultiplyAdds(blas: Int, lanes: Int, pairs: Int) {
        counters.blas.add(blas, ordering: .relaxed)
        counters.lanes.add(lanes, ordering: .relaxed)
        counters.pairs.add(pairs, ordering: .relaxed)
    }

    private static let counters = Counters()

    private final class Counters: Sendable {
        let blas = Atomic(0)
        let lanes = Atomic(0)
        let pairs = Atomic(0)
        let lapack = Atomic(0)
        let kernel = Atomic(0)
    }
}
