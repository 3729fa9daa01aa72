internal import CKernels
internal import COpenBLAS

/// Symmetric matrices of one order, stored consecutively: one Gramian or covariance per user or item.
public struct MatrixStack: Sendable {
    /// The number of matrices.
    public let count: Int
    /// Rows and columns of each matrix.
    public let order: Int
    /// Matrix after matrix, each full and row-major.
    public private(set) var elements: [Float]

    /// Matrices of zeros.
    public init(count: Int, order: Int) {
        self.count = count
        self.order = order
        elements = Array(repeating: 0, count: count * order * order)
    }

    /// Wraps elements, matrix by matrix, row-major.
    public init(count: Int, order: Int, elements: [Float]) {
        precondition(elements.count == count * order * order, "shape of a stack")
        self.count = count
        self.order = order
        self.elements = elements
    }

    /// An element of a matrix.
    public subscript(index: Int, row: Int, column: Int) -> Float {
        get { elements[(index * order + row) * order + column] }
        set { elements[(index * order + row) * order + column] = newValue }
    }

    /// One full matrix.
    public func matrix(_ index: Int) -> DenseMatrix<Float> {
        var matrix = DenseMatrix<Float>(rows: order, columns: order)
        add(index, times: 1, to: &matrix)
        return matrix
    }

    /// `target ← target + factor·matrix`.
    public func add(_ index: Int, times factor: Float, to target: inout DenseMatrix<Float>) {
        precondition(index < count && target.rows == order && target.columns == order, "shapes of a sum")
        let size = order * order
        unsafe elements.withUnsafeBufferPointer { elements in
            guard size > 0, let start = elements.baseAddress else { return }
            unsafe cblas_saxpy(Int32(size), factor, start + index * size, 1, &target.elements, 1)
        }
    }

    /// `matrix ← matrix + factor·vector·vectorᵀ`.
    public mutating func addOuter(_ vector: ArraySlice<Float>, times factor: Float, to index: Int) {
        precondition(index < count && vector.count == order, "shapes of an outer product")
        let (base, order) = (index * order * order, order)
        unsafe elements.withUnsafeMutableBufferPointer { elements in
            unsafe vector.withUnsafeBufferPointer { vector in
                for i in 0..<order {
                    let scaled = unsafe factor * vector[i]
                    for j in 0..<order { unsafe elements[base + i * order + j] += scaled * vector[j] }
                }
            }
        }
    }

    /// Adds v·vᵀ of each row v to the matrix with its index.
    public mutating func addOuterProducts(of vectors: DenseMatrix<Float>, threads: Int = 1) {
        precondition(vectors.rows == count && vectors.columns == order, "shapes of outer products")
        let (order, ranges) = (order, Parallel.ranges(count, of: 128))
        let offsets = [0] + ranges.map { $0.upperBound * order * order }
        Parallel.update(&elements, offsets, threads: threads, workspace: {}) { part, _, matrices in
            unsafe matrices.withUnsafeMutableBufferPointer { matrices in
                unsafe vectors.elements.withUnsafeBufferPointer { vectors in
                    unsafe kindred_add_outer(
                        Int64(ranges[part].count), Int64(order),
                        vectors.baseAddress.map { unsafe $0 + ranges[part].lowerBound * order }, matrices.baseAddress)
                }
            }
        }
    }

    /// vectorᵀ·matrix·vector, summed in `Double`.
    public func quadraticForm(_ index: Int, _ vector: [Float]) -> Double {
        precondition(index < count && vector.count == order, "shapes of a form")
        var sum = 0.0
        for i in 0..<order {
            var inner = 0.0
            for j in 0..<order { inner += Double(elements[(index * order + i) * order + j]) * Double(vector[j]) }
            sum += Double(vector[i]) * inner
        }
        return sum
    }

    /// The trace of the product of a matrix with one of another stack, over the leading `rank` coordinates.
    public func traceOfProduct(_ index: Int, _ other: MatrixStack, _ otherIndex: Int, rank: Int) -> Double {
        var sum = 0.0
        for i in 0..<rank {
            for j in 0..<rank {
                sum += Double(self[index, i, j]) * Double(other[otherIndex, i, j])
            }
        }
        return sum
    }
}
