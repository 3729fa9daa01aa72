internal import COpenBLAS

/// A number that BLAS multiplies: `Float` or `Double`.
public protocol BLASScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// `c ← a·bᵀ + beta·c`, all row-major: `a` is (m, k) and `c` (m, n), both without gaps, `b` (n, k) with `stride` ≥ k elements
    /// from row to row.
    static func gemm(
        _ m: Int, _ n: Int, _ k: Int, _ a: ArraySlice<Self>, _ b: ArraySlice<Self>, stride: Int, _ beta: Self,
        _ c: inout [Self])
}

/// How many threads BLAS itself uses.
///
/// Kindred runs its own threads over tiles and rows, so BLAS gets one: two layers of threads on the same cores slow each
/// other down by a factor of ten. The choice is made once, here, for the whole process.
public enum BLASThreading {
    private static let single: Void = {
        openblas_set_num_threads(1)
        precondition(threadCount == 1, "BLAS runs \(threadCount) threads after being told to run one")
    }()

    /// Holds BLAS to one thread a call; later calls cost nothing.
    public static func useSingleThread() { single }

    /// How many threads BLAS uses now.
    public static var threadCount: Int { Int(openblas_get_num_threads()) }
}

extension Float: BLASScalar {
    public static func gemm(
        _ m: Int, _ n: Int, _ k: Int, _ a: ArraySlice<Float>, _ b: ArraySlice<Float>, stride: Int, _ beta: Float,
        _ c: inout [Float]
    ) {
        precondition(
            a.count >= m * k && b.count >= (n - 1) * stride + k && stride >= k && c.count >= m * n, "gemm shapes")
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k),
                    1, a.baseAddress, Int32(k), b.baseAddress, Int32(stride), beta, &c, Int32(n))
            }
        }
    }
}

extension Double: BLASScalar {
    public static func gemm(
        _ m: Int, _ n: Int, _ k: Int, _ a: ArraySlice<Double>, _ b: ArraySlice<Double>, stride: Int, _ beta: Double,
        _ c: inout [Double]
    ) {
        precondition(
            a.count >= m * k && b.count >= (n - 1) * stride + k && stride >= k && c.count >= m * n, "gemm shapes")
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k),
                    1, a.baseAddress, Int32(k), b.baseAddress, Int32(stride), beta, &c, Int32(n))
            }
        }
    }
}
