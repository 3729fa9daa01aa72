/// A dense row-major matrix: element (i, j) is `storage[i * columns + j]`.
///
/// Also a workspace: `reshape` changes the shape within the allocated memory, so that the smaller last tile of a loop
/// reuses the buffer.
public struct DenseMatrix<Element: BLASScalar>: Sendable {
    /// The number of rows.
    public internal(set) var rows: Int
    /// The number of columns.
    public internal(set) var columns: Int
    @usableFromInline var elements: [Element]

    /// At least `rows * columns` elements; the rest belongs to larger shapes.
    public var storage: [Element] { elements }

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "negative shape of a matrix")
        self.rows = rows
        self.columns = columns
        elements = Array(repeating: 0, count: rows * columns)
    }

    /// A matrix of the given elements, row by row.
    public init(rows: Int, columns: Int, elements: [Element]) {
        precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "shape of a matrix")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// An element.
    @inlinable
    public subscript(row: Int, column: Int) -> Element {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The elements of one row.
    public func row(_ row: Int) -> ArraySlice<Element> {
        elements[row * columns..<(row + 1) * columns]
    }

    /// Changes the shape within the allocated memory. The elements are then unspecified.
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
