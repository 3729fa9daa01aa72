import LinearAlgebra

/// The similarities of one block of users with another, through dense products of item panels.
///
/// A workspace: it owns its buffers, and one thread computes tile after tile in it.
struct SimilarityTile<Element: BLASScalar> {
    /// Users along one side of a tile, and items in a panel: three such buffers fit in a core's second-level cache.
    static var side: Int { 512 }
    static var panelWidth: Int { 512 }

    /// Shape (left users, right users); 0 where two users are no neighbors.
    private(set) var similarities: DenseMatrix<Float>

    private let vectors: RatingVectors<Element>
    private let formula: SimilarityFormula
    private var leftPanel: DenseMatrix<Element>
    private var rightPanel: DenseMatrix<Element>
    private var products: DenseMatrix<Element>
    private var leftSquares: DenseMatrix<Element>
    private var rightSquares: DenseMatrix<Element>
    private var supports: DenseMatrix<Element>

    init(vectors: RatingVectors<Element>, formula: SimilarityFormula) {
        self.vectors = vectors
        self.formula = formula
        let side = Self.side
        func square(_ isNeeded: Bool) -> DenseMatrix<Element> {
            DenseMatrix(rows: isNeeded ? side : 0, columns: isNeeded ? side : 0)
        }
        similarities = DenseMatrix(rows: side, columns: side)
        leftPanel = DenseMatrix(rows: side, columns: Self.panelWidth)
        rightPanel = leftPanel
        products = square(true)
        leftSquares = square(formula.usesSharedNorms)
        rightSquares = leftSquares
        supports = square(formula.needsSupport)
    }

    /// Fills `similarities` for the users `left` × `right`.
    mutating func compute(_ left: Range<Int>, _ right: Range<Int>) {
        multiply(left, .values, right, .values, into: \.products)
        if formula.usesSharedNorms {
            multiply(left, .squares, right, .pattern, into: \.leftSquares)
            multiply(left, .pattern, right, .squares, into: \.rightSquares)
        }
        if formula.needsSupport {
            multiply(left, .pattern, right, .pattern, into: \.supports)
        }
        score(left, right)
    }

    /// `result ← A·Bᵀ` over all items, A and B the blocks of the users' vectors with the given contents.
    private mutating func multiply(
        _ left: Range<Int>, _ leftContent: BlockContent,
        _ right: Range<Int>, _ rightContent: BlockContent,
        into result: WritableKeyPath<Self, DenseMatrix<Element>>
    ) {
        self[keyPath: result].reshape(rows: left.count, columns: right.count)
        var isFirst = true
        for start in stride(from: 0, to: vectors.matrix.columns, by: Self.panelWidth) {
            let items = start..<min(start + Self.panelWidth, vectors.matrix.columns)
            let hasLeft = vectors.matrix.copyBlock(
                rows: left, columns: items, as: leftContent, into: &leftPanel)
            let hasRight = vectors.matrix.copyBlock(
                rows: right, columns: items, as: rightContent, into: &rightPanel)
            guard isFirst || (hasLeft && hasRight) else { continue }
            self[keyPath: result].multiply(
                leftPanel, transposed: rightPanel, accumulating: !isFirst)
            isFirst = false
        }
    }

    private mutating func score(_ left: Range<Int>, _ right: Range<Int>) {
        similarities.reshape(rows: left.count, columns: right.count)
        for i in 0..<left.count {
            let norm = vectors.norms[left.lowerBound + i]
            for j in 0..<right.count {
                let norms =
                    formula.usesSharedNorms
                    ? Double(leftSquares[i, j]).squareRoot() * Double(rightSquares[i, j]).squareRoot()
                    : norm * vectors.norms[right.lowerBound + j]
                similarities[i, j] = formula.similarity(
                    product: Double(products[i, j]), norms: norms,
                    support: formula.needsSupport ? Double(supports[i, j]) : 1)
            }
        }
    }
}
