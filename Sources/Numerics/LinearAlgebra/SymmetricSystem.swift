internal import CKernels
internal import CLAPACKE
internal import COpenBLAS

/// A symmetric system A·w = b, accumulated from matrix rows and solved by Cholesky factorization: a single-threaded
/// workspace, reused for system after system.
///
/// A = base + Σ s²·x·xᵀ and b = Σ s²·t·x over rows x with scales s and targets t. Rows are gathered into a panel,
/// followed by their targets, so that one Gramian of the panel adds to both A and b.
///
/// For LAPACK, b is the last row of an augmented matrix (A, b; bᵀ, c) of order n + 1. The last column of its factor is
/// R⁻ᵀ·b, so one `potrf` factors A and solves half of the system, and one `trsv` the rest.
///
/// The solution w minimizes Σ s²·(t − x·w)² + wᵀ·base·w; the minimum is Σ s²·t² − bᵀ·A⁻¹·b.
///
/// x = (1, 0), (1, 1), (0, 1), s = 1 and t = 3, 5, 1 give A = (2, 1; 1, 2), b = (8, 6), w = (10/3, 4/3) and 1/3 as the least loss.
///
/// - Complexity: lines · order²/2 + order³/6 multiply-adds; order² + 128 · order floats.
@safe
public struct SymmetricSystem: ~Copyable {
    /// The maximum number of rows per call; panels of this length stay in the inner caches.
    public static let panelLines = 128

    /// The number of unknowns.
    public let order: Int
    /// The Cholesky solver.
    public let solver: Solver
    /// The row stride of matrix and panel: above the order, and an odd number of cache lines, so that rows spread over
    /// all cache sets.
    let stride: Int
    private let panel: UnsafeMutableBufferPointer<Float>
    /// The upper triangle of A, row-major, in the first `order` rows; the next row accumulates b.
    let matrix: UnsafeMutableBufferPointer<Float>
    /// b after `finish`, w after solving: the first `order` elements.
    public internal(set) var vector: [Float]
    /// Σ s²·t² over the added rows.
    public internal(set) var squaredTargets = 0.0
    /// The minimal loss Σ s²·t² − bᵀ·A⁻¹·b, after solving for b without a deviation.
    public private(set) var leastLoss = 0.0
    /// Whether `vector` already is R⁻ᵀ·b.
    var isHalfSolved = false
    private var factorizations = 0

    /// Creates an empty system.
    public init(order: Int, solver: Solver = .lapack) {
        precondition(order > 0, "a system needs at least one unknown")
        self.order = order
        self.solver = solver
        stride = Self.stride(order)
        unsafe panel = Self.zeros(Self.panelLines * stride)
        unsafe matrix = Self.zeros(Self.padded(order) * stride)
        vector = Array(repeating: 0, count: Self.padded(order))
    }

    /// The next multiple of sixteen above an order.
    static func padded(_ order: Int) -> Int { (order / 16 + 1) * 16 }

    static func stride(_ order: Int) -> Int {
        let padded = padded(order)
        return padded / 16 % 2 == 1 ? padded : padded + 16
    }

    deinit {
        OperationCounts.add(factorizations, by: solver)
        unsafe panel.deallocate()
        unsafe matrix.deallocate()
    }

    /// Memory aligned to a cache line, unlike an array's: a vector across two lines takes two loads.
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
            precondition(row >= 0 && row <= column && column < order, "element outside the upper triangle")
            return unsafe matrix[row * stride + column]
        }
        set {
            precondition(row >= 0 && row <= column && column < order, "element outside the upper triangle")
            unsafe matrix[row * stride + column] = newValue
        }
    }

    /// Sets the vector of `order` elements, as right-hand side or solution.
    public mutating func setVector(_ elements: [Float]) {
        precondition(elements.count == order, "one element per unknown")
        for index in 0..<order { vector[index] = elements[index] }
        isHalfSolved = false
    }

    /// b ← b + elements.
    public mutating func addToVector(_ elements: ArraySlice<Float>) {
        precondition(elements.count == order, "one element per unknown")
        for index in 0..<order { vector[index] += elements[elements.startIndex + index] }
    }

    /// The upper triangle of a matrix in the layout of the system, the fastest as base or summand: shape (padded rows, stride).
    public static func padded(_ matrix: DenseMatrix<Float>) -> DenseMatrix<Float> {
        let order = matrix.rows
        precondition(order == matrix.columns, "shape of a base")
        var padded = DenseMatrix<Float>(rows: padded(order), columns: stride(order))
        // Below the diagonal are partial sums, which `finish` adds to those above.
        for row in 0..<order { for column in row..<order { padded[row, column] = matrix[row, column] } }
        return padded
    }

    private func isPadded(_ matrix: DenseMatrix<Float>) -> Bool {
        matrix.rows == Self.padded(order) && matrix.columns == stride
    }

    /// Resets the system to a base, `padded` or not, read from its upper triangle; the default is zero.
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

    /// Adds factor·other, `padded` or not, to A, from its upper triangle.
    public mutating func add(_ other: DenseMatrix<Float>, times factor: Float) {
        // Through `self` Swift 6.3 makes invalid code of it under the thread sanitizer.
        let matrix = unsafe matrix
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
    ///   - rows: row indices into `features`, shape (…, order).
    ///   - isBiased: whether the last column holds a bias: x then has a 1 in its place, and the bias is subtracted from
    ///     the target.
    ///   - scales: s, one per row; `targets`: t, one per row.
    public mutating func add(
        _ rows: ArraySlice<Int32>, of features: DenseMatrix<Float>, isBiased: Bool, scales: [Float], targets: [Float]
    ) {
        precondition(
            features.columns == order && rows.count <= Self.panelLines
                && rows.count <= min(scales.count, targets.count),
            "shapes of a panel")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < features.rows }, "row of the features out of range")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe squaredTargets += kindred_gather(
                Int64(rows.count), rows.baseAddress, scales, targets, features.elements, Int64(order),
                isBiased ? 1 : 0, panel.baseAddress, Int64(stride))
        }
        unsafe kindred_add_gramian(
            Int64(rows.count), Int64(order), panel.baseAddress, Int64(stride), matrix.baseAddress)
    }

    /// Completes A and b after all rows are added.
    public mutating func finish() {
        unsafe kindred_fold_gramian(Int64(order), matrix.baseAddress, Int64(stride))
        for index in 0..<order { unsafe vector[index] += matrix[order * stride + index] }
    }

    /// Turns A into its factor R, A = Rᵀ·R.
    ///
    /// - Throws: `CholeskyError` if A is not positive definite.
    public mutating func factor() throws(CholeskyError) {
        factorizations += 1
        let minor =
            switch solver {
            case .lapack: factorAugmented()
            case .kernel: unsafe Int(kindred_factor(Int64(order), matrix.baseAddress, Int64(stride)))
            }
        // Beyond the order, the right-hand side has overflowed: the solution is then not finite.
        if minor > 0 && minor <= order { throw .notPositiveDefinite(minor: minor) }
    }

    /// Replaces the vector v by R⁻¹·(R⁻ᵀ·v + deviation) after `factor`: A⁻¹·v without a deviation, a sample of N(A⁻¹·v,
    /// A⁻¹) with a standard normal one.
    public mutating func substitute(deviation: [Float] = []) {
        precondition(deviation.isEmpty || deviation.count == order, "one deviation per unknown")
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
        // Any number above ‖R⁻ᵀ·b‖² makes the augmented matrix positive definite; the resulting pivot is unused.
        unsafe matrix[order * stride + order] = .greatestFiniteMagnitude
        // The upper triangle of a row-major matrix is the lower one of a column-major matrix, which LAPACK factors in place.
        let info = unsafe LAPACKE_spotrf_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(order + 1), matrix.baseAddress, Int32(stride))
        precondition(info >= 0, "potrf: argument \(-info) is illegal")
        for index in 0..<order { unsafe vector[index] = matrix[index * stride + order] }
        isHalfSolved = true
        return Int(info)
    }

    /// Replaces the vector x by R⁻ᵀ·x or R⁻¹·x.
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
