internal import COpenBLAS

/// A BLAS element type: `Float` or `Double`.
public protocol BLASScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// `c ← a·bᵀ + beta·c`, all row-major: `a` is (m, k) and `c` (m, n), both contiguous; `b` is (n, k) with row stride
    /// `stride` ≥ k.
    static func gemm(
        _ m: Int, _ n: Int, _ k: Int, _ a: ArraySlice<Self>, _ b: ArraySlice<Self>, stride: Int, _ beta: Self,
        _ c: inout [Self])
}

/// The number of threads BLAS uses.
///
/// Kindred parallelizes over tiles and rows itself, so BLAS runs single-threaded: two layers of threads on the same
/// cores slow each other down by a factor of ten. Set once, here, for the whole process.
public enum BLASThreading {
    private static let single: Void = {
        openblas_set_num_threads(1)
        precondition(threadCount == 1, "BLAS runs \(threadCount) threads although set to one")
    }()

    /// Limits BLAS to one thread per call; repeated calls cost nothing.
    public static func useSingleThread() { single }

    /// The number of threads BLAS currently uses.
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
