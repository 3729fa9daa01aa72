internal import CKernels

/// Rows of factors and a bias, laid out for products: x = (factors, 1), padded to whole vectors, with the biases stored
/// apart.
///
/// (3, 4, 9) becomes x = (3, 4, 1) with the bias 9; against w = (1, 2, 5) that is 3 + 8 + 5 + 9 = 25.
@safe
public struct BiasedRows: Sendable {
    /// The number of rows.
    public let count: Int
    /// The length of a row, bias excluded.
    public let order: Int
    let stride: Int
    /// Shape (count, stride).
    let elements: [Float]
    let biases: [Float]

    /// - Parameter vectors: shape (count, order); the last column holds the biases.
    public init(_ vectors: DenseMatrix<Float>) {
        precondition(vectors.columns > 0, "the last column holds the bias")
        count = vectors.rows
        order = vectors.columns
        stride = SymmetricSystem.stride(order)
        var elements = [Float](repeating: 0, count: count * stride)
        var biases = [Float](repeating: 0, count: count)
        for row in 0..<count {
            for factor in 0..<order - 1 { elements[row * stride + factor] = vectors[row, factor] }
            elements[row * stride + order - 1] = 1
            biases[row] = vectors[row, order - 1]
        }
        self.elements = elements
        self.biases = biases
    }

    /// Residuals of values: each minus x·w and the bias of its row.
    ///
    /// - Parameters:
    ///   - values: one per row.
    ///   - residuals: at least as many elements as rows from `place` on; others are untouched.
    public func residuals(
        _ values: ArraySlice<Float>, ofRows rows: ArraySlice<Int32>, with w: ArraySlice<Float>,
        into residuals: inout MutableSpan<Float>, at place: Int
    ) {
        precondition(
            w.count == order && values.count == rows.count && place >= 0 && place + rows.count <= residuals.count,
            "shapes of residuals")
        requireRows(rows)
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe w.withUnsafeBufferPointer { w in
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe residuals.withUnsafeMutableBufferPointer { residuals in
                        unsafe kindred_biased_residuals(
                            Int64(rows.count), rows.baseAddress, elements, biases, Int64(order), Int64(stride),
                            w.baseAddress, values.baseAddress, residuals.baseAddress.map { unsafe $0 + place })
                    }
                }
            }
        }
    }

    func requireRows(_ rows: ArraySlice<Int32>) {
        var (least, most): (Int32, Int32) = (0, -1)
        for row in rows { (least, most) = (min(least, row), max(most, row)) }
        precondition(least >= 0 && most < count, "row out of range")
    }
}

extension SymmetricSystem {
    /// Adds rows of factors and biases: A += Σ ω·x·xᵀ and b += Σ ω·(t − bias)·x with ω = weight·weights[row]. Not to be
    /// combined with panels; needs no `finish`.
    ///
    /// - Parameters:
    ///   - weights: one per row of `features`.
    ///   - targets: t, one per chosen row.
    public mutating func add(
        _ rows: ArraySlice<Int32>, of features: BiasedRows, weight: Float, weights: [Float],
        targets: ArraySlice<Float>
    ) {
        precondition(
            features.order == order && weights.count == features.count && targets.count == rows.count,
            "shapes of weighted rows")
        features.requireRows(rows)
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe targets.withUnsafeBufferPointer { targets in
                unsafe kindred_add_biased_rows(
                    Int64(rows.count), rows.baseAddress, targets.baseAddress, weight, weights, features.elements,
                    features.biases, Int64(order), Int64(stride), matrix.baseAddress, &vector)
            }
        }
    }
}
