/// A dense matrix, row-major: the element (i, j) is `storage[i * columns + j]`.
///
/// It is also a workspace. `reshape` gives it another shape within the memory it has, so that the last, smaller tile of a
/// loop reuses the buffer of the others.
public struct DenseMatrix<Element: BLASScalar>: Sendable {
    public internal(set) var rows: Int
    public internal(set) var columns: Int
    @usableFromInline var elements: [Element]

    /// At least `rows * columns` elements; what lies beyond belongs to larger shapes.
    public var storage: [Element] { elements }

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix has no negative shape")
        self.rows = rows
        self.columns = columns
        elements = Array(repeating: 0, count: rows * columns)
    }

    /// A matrix of these elements, row by row.
    public init(rows: Int, columns: Int, elements: [Element]) {
        precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "shape of a matrix")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    @inlinable
    public subscript(row: Int, column: Int) -> Element {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The elements of one row.
    public func row(_ row: Int) -> ArraySlice<Element> {
        elements[row * columns..<(row + 1) * columns]
    }

    /// Takes another shape within the memory at hand. The elements are then unspecified.
    public mutating func reshape(rows: Int, columns: Int) {
        precondition(rows * columns <= elements.count, "reshape needs a larger matrix")
        self.rows = rows
        self.columns = columns
    }

    /// `self ← a·bᵀ`, or `self ← self + a·bᵀ` when accumulating. Shapes: `a` (rows, k), `b` (columns, k).
    public mutating func multiply(_ a: DenseMatrix, transposed b: DenseMatrix, accumulating: Bool) {
        precondition(a.columns == b.columns && a.rows == rows && b.rows == columns, "a·bᵀ shapes")
        Element.gemm(
            rows, columns, a.columns, a.elements[...], b.elements[...], stride: b.columns, accumulating ? 1 : 0,
            &elements)
    }
}
