internal import CKernels

/// One quadratic form per row, (e − ½·G·d)·d with a symmetric matrix G and a residual e, relative to a moving point.
///
/// When the point moves by d, e becomes e − G·d and G stays, so the function is unchanged. Matrix, residual and
/// displacement are adjacent in memory, padded to whole vectors.
///
/// G = (2, 1; 1, 2) and e = (8, 6): a move by (1, 2) leaves e = (4, 1).
@safe
public struct QuadraticForms: Sendable {
    /// The number of vectors.
    public let count: Int
    /// The length of a vector.
    public let order: Int
    private let stride: Int
    /// G, e and displacement of each row: order + 2 rows of `stride`.
    private var records: DenseMatrix<Float>

    /// - Parameters:
    ///   - ranges: of rows, ascending and disjoint; forms of other rows are zero.
    ///   - body: writes the forms of a range, each by `SymmetricSystem.copyForm`.
    public init<Workspace: ~Copyable>(
        count: Int, order: Int, ranges: [Range<Int>], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ rows: Range<Int>, _ elements: inout MutableSpan<Float>, inout Workspace) -> Void
    ) {
        self.count = count
        self.order = order
        stride = SymmetricSystem.stride(order)
        records = DenseMatrix(rows: count, columns: Self.size(order))
        records.fillRows(ranges, threads: threads, workspace: workspace, body)
    }

    /// The number of floats in a form.
    public static func size(_ order: Int) -> Int { (order + 2) * SymmetricSystem.stride(order) }

    /// e of a row.
    public func residual(_ row: Int) -> ArraySlice<Float> { records.row(row).dropFirst(order * stride).prefix(order) }

    /// Adds each row's displacement to its point; shape (count, order).
    public func addWays(to points: inout DenseMatrix<Float>) {
        precondition(points.rows == count && points.columns == order, "shape of the points")
        for row in 0..<count {
            let way = row * records.columns + (order + 1) * stride
            for index in 0..<order { points[row, index] += records.elements[way + index] }
        }
    }

    /// An element of a row's G.
    public subscript(index: Int, row: Int, column: Int) -> Float {
        precondition(row < order && column < order, "element out of range")
        return records[index, row * stride + column]
    }

    /// Moves the points of rows along shared steps, one at a time: step f is d = a_f + B_f·Σ w·e over its rows and
    /// moves each of them by w·d.
    ///
    /// - Parameters:
    ///   - weights: shape (steps, count): w.
    ///   - steps: a and B of every step, as written by `SymmetricSystem.copyStep`; on return, d.
    /// - Complexity: entries · order² multiply-adds.
    public mutating func move(_ weights: SparseMatrix<Float>, _ steps: inout SharedSteps) {
        precondition(weights.columns == count && weights.rows == steps.count && steps.order == order, "shapes of steps")
        unsafe kindred_move_forms(
            Int64(weights.rows), weights.rowOffsets, weights.columnIndices, weights.values, Int64(order), Int64(stride),
            &steps.records.elements, &records.elements)
    }

    /// target += Σ factors·G over some rows; target has the shape (order, stride).
    func add(
        _ rows: ArraySlice<Int32>, times factors: ArraySlice<Float>, to target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            target.count >= order * stride && factors.count == rows.count
                && rows.allSatisfy { $0 >= 0 && $0 < count }, "shapes of a sum of forms")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe factors.withUnsafeBufferPointer { factors in
                unsafe kindred_add_forms(
                    Int64(rows.count), rows.baseAddress, factors.baseAddress, records.elements, Int64(records.columns),
                    Int64(order * stride), target.baseAddress)
            }
        }
    }
}

/// Steps shared by rows: d = a + B·s for a sum s known only after the preceding steps.
public struct SharedSteps: Sendable {
    /// The number of vectors.
    public let count: Int
    /// The length of a vector.
    public let order: Int
    private let stride: Int
    /// Per step B, followed by a, later d: order + 1 rows of `stride`.
    fileprivate(set) var records: DenseMatrix<Float>

    /// - Parameter body: writes the steps of a range, each by `SymmetricSystem.copyStep`, or returns an error.
    public init<Workspace: ~Copyable, Failure: Error>(
        count: Int, order: Int, ranges: [Range<Int>], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ steps: Range<Int>, _ elements: inout MutableSpan<Float>, inout Workspace) -> Failure?
    ) throws(Failure) {
        self.count = count
        self.order = order
        stride = SymmetricSystem.stride(order)
        records = DenseMatrix(rows: count, columns: Self.size(order))
        let failures = records.fillRows(ranges, threads: threads, workspace: workspace, body)
        for failure in failures { if let failure { throw failure } }
    }

    /// The number of floats in a step.
    public static func size(_ order: Int) -> Int { (order + 1) * SymmetricSystem.stride(order) }

    /// d of a completed step.
    public subscript(step: Int) -> ArraySlice<Float> { records.row(step).dropFirst(order * stride).prefix(order) }
}
