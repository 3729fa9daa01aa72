internal import CKernels
internal import CLAPACKE
internal import COpenBLAS

/// A symmetric system A·w = b, summed up from rows of a matrix and solved by Cholesky's method: a workspace in which one thread
/// solves system after system.
///
/// A = base + Σ s²·x·xᵀ and b = Σ s²·t·x over some rows x, their scales s and targets t. The rows are gathered into a panel
/// with their targets behind them, so that one product of the panel with itself adds to A and to b.
///
/// For LAPACK, b is the last row of an augmented matrix (A, b; bᵀ, c) of order n + 1. Its factor has R⁻ᵀ·b as its last column,
/// so one `potrf` both factors A and solves half of the system, and one `trsv` the rest.
///
/// The solution w minimizes Σ s²·(t − x·w)² + wᵀ·base·w, and leaves of it Σ s²·t² − bᵀ·A⁻¹·b.
///
/// x = (1, 0), (1, 1), (0, 1), s = 1 and t = 3, 5, 1 give A = (2, 1; 1, 2), b = (8, 6), w = (10/3, 4/3) and 1/3 as the least loss.
///
/// - Complexity: lines · order²/2 + order³/6 multiply-adds; order² + 128 · order floats.
@safe
public struct SymmetricSystem: ~Copyable {
    /// The most rows that one call may add; panels of this length stay in the first caches.
    public static let panelLines = 128

    public let order: Int
    public let solver: Solver
    /// Floats from row to row of matrix and panel: above the order, and an odd number of cache lines, so that the rows spread
    /// over all sets of the cache.
    let stride: Int
    private let panel: UnsafeMutableBufferPointer<Float>
    /// The upper triangle of A, row-major, in its first `order` rows; the row behind them gathers b.
    let matrix: UnsafeMutableBufferPointer<Float>
    /// b once the system is finished, w once it is solved: the first `order` elements.
    public internal(set) var vector: [Float]
    /// Σ s²·t² over the rows that were added.
    public private(set) var squaredTargets = 0.0
    /// Σ s²·t² − bᵀ·A⁻¹·b, the least loss, once the system is solved for b without a deviation.
    public private(set) var leastLoss = 0.0
    /// Whether `vector` is R⁻ᵀ·b already.
    private var isHalfSolved = false
    private var factorizations = 0

    public init(order: Int, solver: Solver = .lapack) {
        precondition(order > 0, "a system has unknowns")
        self.order = order
        self.solver = solver
        stride = Self.stride(order)
        unsafe panel = Self.zeros(Self.panelLines * stride)
        unsafe matrix = Self.zeros(Self.padded(order) * stride)
        vector = Array(repeating: 0, count: Self.padded(order))
    }

    /// The multiple of sixteen lanes above an order.
    private static func padded(_ order: Int) -> Int { (order / 16 + 1) * 16 }

    static func stride(_ order: Int) -> Int {
        let padded = padded(order)
        return padded / 16 % 2 == 1 ? padded : padded + 16
    }

    deinit {
        OperationCounts.add(factorizations, by: solver)
        unsafe panel.deallocate()
        unsafe matrix.deallocate()
    }

    /// Memory that begins with a cache line, as that of an array does not: a vector across two lines is loaded in two steps.
    private static func zeros(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
        let floats = unsafe bytes.bindMemory(to: Float.self)
        unsafe floats.initialize(repeating: 0)
        return unsafe floats
    }

    /// An element of A where row ≤ column.
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row <= column && column < order, "an element of the upper triangle")
            return unsafe matrix[row * stride + column]
        }
        set {
            precondition(row >= 0 && row <= column && column < order, "an element of the upper triangle")
            unsafe matrix[row * stride + column] = newValue
        }
    }

    /// Takes another vector of `order` elements, as a right side or as a solution.
    public mutating func setVector(_ elements: [Float]) {
        precondition(elements.count == order, "an element for every unknown")
        for index in 0..<order { vector[index] = elements[index] }
        isHalfSolved = false
    }

    /// b ← b + elements.
    public mutating func addToVector(_ elements: ArraySlice<Float>) {
        precondition(elements.count == order, "an element for every unknown")
        for index in 0..<order { vector[index] += elements[elements.startIndex + index] }
    }

    /// A matrix in the layout of the system, as which it is the fastest base or summand: shape (rows of lanes, stride).
    public static func padded(_ matrix: DenseMatrix<Float>) -> DenseMatrix<Float> {
        let order = matrix.rows
        precondition(order == matrix.columns, "shape of a base")
        var padded = DenseMatrix<Float>(rows: padded(order), columns: stride(order))
        for row in 0..<order { for column in 0..<order { padded[row, column] = matrix[row, column] } }
        return padded
    }

    private func isPadded(_ matrix: DenseMatrix<Float>) -> Bool {
        matrix.rows == Self.padded(order) && matrix.columns == stride
    }

    /// Forgets all, and begins with a base, `padded` or not, whose upper triangle counts; zero where none is given.
    public mutating func begin(base: DenseMatrix<Float>? = nil) {
        for index in 0..<order { vector[index] = 0 }
        isHalfSolved = false
        squaredTargets = 0
        if let base, isPadded(base) {
            _ = unsafe base.elements.withUnsafeBufferPointer { unsafe matrix.update(fromContentsOf: $0) }
            return
        }
        unsafe matrix.update(repeating: 0)
        guard let base else { return }
        precondition(base.rows == order && base.columns == order, "shape of a base")
        unsafe base.elements.withUnsafeBufferPointer { base in
            for row in 0..<order {
                for column in row..<order { unsafe matrix[row * stride + column] = base[row * order + column] }
            }
        }
    }

    /// Adds factor·other, `padded` or not, to A; the upper triangle counts.
    public mutating func add(_ other: DenseMatrix<Float>, times factor: Float) {
        if isPadded(other) {
            unsafe other.elements.withUnsafeBufferPointer { other in
                for index in 0..<order * stride { unsafe matrix[index] += factor * other[index] }
            }
            return
        }
        precondition(other.rows == order && other.columns == order, "shapes of a sum")
        unsafe other.elements.withUnsafeBufferPointer { other in
            for row in 0..<order {
                for column in row..<order {
                    unsafe matrix[row * stride + column] += factor * other[row * order + column]
                }
            }
        }
    }

    /// Adds at most `panelLines` rows.
    ///
    /// - Parameters:
    ///   - rows: which rows of `features`, shape (…, order).
    ///   - isBiased: whether the last number of a row is a bias: then x is the row with a 1 in its place, and the bias is
    ///     taken off the target.
    ///   - scales: s, one for each row; `targets`: t, one for each row.
    public mutating func add(
        _ rows: ArraySlice<Int32>, of features: DenseMatrix<Float>, isBiased: Bool, scales: [Float], targets: [Float]
    ) {
        precondition(
            features.columns == order && rows.count <= Self.panelLines
                && rows.count <= min(scales.count, targets.count),
            "shapes of a panel")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < features.rows }, "rows of the features")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe squaredTargets += kindred_gather(
                Int64(rows.count), rows.baseAddress, scales, targets, features.elements, Int64(order),
                isBiased ? 1 : 0, panel.baseAddress, Int64(stride))
        }
        unsafe kindred_add_gramian(
            Int64(rows.count), Int64(order), panel.baseAddress, Int64(stride), matrix.baseAddress)
    }

    /// Completes A, and adds to b, once all rows are added.
    public mutating func finish() {
        unsafe kindred_fold_gramian(Int64(order), matrix.baseAddress, Int64(stride))
        for index in 0..<order { unsafe vector[index] += matrix[order * stride + index] }
    }

    /// Turns A into its factor R, A = Rᵀ·R.
    ///
    /// - Throws: `CholeskyError` where A is not positive definite.
    public mutating func factor() throws(CholeskyError) {
        factorizations += 1
        let minor =
            switch solver {
            case .lapack: factorAugmented()
            case .kernel: unsafe Int(kindred_factor(Int64(order), matrix.baseAddress, Int64(stride)))
            }
        // Beyond the order it is the right side that has overflowed: then the solution is not finite.
        if minor > 0 && minor <= order { throw .notPositiveDefinite(minor: minor) }
    }

    /// Turns the vector v into R⁻¹·(R⁻ᵀ·v + deviation) once A is factored: A⁻¹·v without a deviation, and with a standard normal
    /// one a draw from N(A⁻¹·v, A⁻¹).
    public mutating func substitute(deviation: [Float] = []) {
        precondition(deviation.isEmpty || deviation.count == order, "a deviation for every unknown")
        if !isHalfSolved { substitute(transposed: true) }
        isHalfSolved = false
        // bᵀ·A⁻¹·b = ‖R⁻ᵀ·b‖².
        if deviation.isEmpty { leastLoss = vector[..<order].reduce(squaredTargets) { $0 - Double($1) * Double($1) } }
        for index in deviation.indices { vector[index] += deviation[index] }
        substitute(transposed: false)
    }

    /// Factors the matrix with b as its last column, which becomes R⁻ᵀ·b.
    ///
    /// - Returns: the order of the first leading minor that is not positive, or 0.
    private mutating func factorAugmented() -> Int {
        for index in 0..<order { unsafe matrix[index * stride + order] = vector[index] }
        // Any number above ‖R⁻ᵀ·b‖² makes the augmented matrix positive definite; its root is not used.
        unsafe matrix[order * stride + order] = .greatestFiniteMagnitude
        // The upper triangle of a row-major matrix is the lower one of a column-major matrix, which LAPACK factors in place.
        let info = unsafe LAPACKE_spotrf_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(order + 1), matrix.baseAddress, Int32(stride))
        precondition(info >= 0, "potrf: argument \(-info) is illegal")
        for index in 0..<order { unsafe vector[index] = matrix[index * stride + order] }
        isHalfSolved = true
        return Int(info)
    }

    /// x ← R⁻ᵀ·x or x ← R⁻¹·x of the vector.
    private mutating func substitute(transposed: Bool) {
        switch solver {
        case .lapack:
            unsafe cblas_strsv(
                CblasColMajor, CblasLower, transposed ? CblasNoTrans : CblasTrans, CblasNonUnit, Int32(order),
                matrix.baseAddress, Int32(stride), &vector, 1)
        case .kernel where transposed:
            unsafe kindred_solve_transposed(Int64(order), matrix.baseAddress, Int64(stride), &vector)
        case .kernel: unsafe kindred_solve(Int64(order), matrix.baseAddress, Int64(stride), &vector)
        }
    }
}
