import LinearAlgebra

/// The similarities of a block of users with the users of one tile after another.
///
/// A workspace: it owns its buffers, and one thread computes tile after tile in it.
struct SimilarityTile<Element: LaneScalar> {
    private let vectors: OrderedVectors<Element>
    private let formula: SimilarityFormula
    private var block = 0..<0
    private var products: RowProducts<Element>
    /// Σ x_u² and Σ x_v² over the shared items, u in the block, and their number; nil where the formula does without.
    private var blockSquares: RowProducts<Element>?
    private var rowSquares: RowProducts<Element>?
    private var supports: RowProducts<Element>?
    private var found: [Int32]
    /// The pairs found, for the lists of the rows and for those of the block.
    private var ofRows: [TopK.Candidate] = []
    private var ofBlock: [TopK.Candidate] = []

    init(_ vectors: OrderedVectors<Element>, _ formula: SimilarityFormula) {
        self.vectors = vectors
        self.formula = formula
        products = RowProducts(vectors.values, vectors.values)
        if let squares = vectors.squares, let ones = vectors.ones {
            blockSquares = RowProducts(squares, ones)
            rowSquares = RowProducts(ones, squares)
        }
        if formula.needsSupport, let ones = vectors.ones { supports = RowProducts(ones, ones) }
        found = Array(repeating: 0, count: Self.sliceRows * laneCount)
    }

    /// Takes the users at these positions.
    mutating func load(_ block: Range<Int>) {
        self.block = block
        products.load(block)
        blockSquares?.load(block)
        rowSquares?.load(block)
        supports?.load(block)
    }

    /// Multiplies the block with the users at these positions, and offers each pair to the lists of both.
    mutating func offer(_ rows: Range<Int>, to lists: NearestLists) {
        products.multiply(rows)
        blockSquares?.multiply(rows)
        rowSquares?.multiply(rows)
        supports?.multiply(rows)
        let laneNorms = norms(block, times: 1)
        // In slices, because what the first bring into the lists raises the bounds for the next.
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.sliceRows) {
            let slice = start..<min(start + Self.sliceRows, rows.upperBound)
            let count = products.findReaching(
                slice.lowerBound - rows.lowerBound..<slice.upperBound - rows.lowerBound,
                rowNorms: norms(slice, times: 1 / vectors.unit), rowBounds: bounds(of: slice, in: lists),
                laneNorms: laneNorms, laneBounds: bounds(of: block, in: lists), into: &found)
            collectPairs(count, firstRow: rows.lowerBound, slice: slice)
            lists.offer(ofRows, to: slice)
            lists.offer(ofBlock, to: block)
        }
    }

    private static var sliceRows: Int { laneCount }

    /// Those of the found places that are pairs of neighbors.
    private mutating func collectPairs(_ count: Int, firstRow: Int, slice: Range<Int>) {
        ofRows.removeAll(keepingCapacity: true)
        ofBlock.removeAll(keepingCapacity: true)
        let (order, unit, norms) = (vectors.values.pattern.rowOrder, vectors.unit, vectors.norms)
        let (sums, supports) = (products.sums, supports?.sums)
        let (blockSquares, rowSquares) = (blockSquares?.sums, rowSquares?.sums)
        for place in 0..<count {
            let place = Int(found[place])
            let (row, lane) = (firstRow + place / laneCount, block.lowerBound + place % laneCount)
            // Within the block itself each pair is met twice, and everybody meets themselves.
            guard row > lane else { continue }
            var normProduct = norms[row] * norms[lane]
            if let blockSquares, let rowSquares {
                normProduct =
                    (unit * Double(blockSquares[place])).squareRoot() * (unit * Double(rowSquares[place])).squareRoot()
            }
            let similarity = formula.similarity(
                product: unit * Double(sums[place]), norms: normProduct,
                support: supports.map { Double($0[place]) } ?? 1)
            guard similarity > 0 else { continue }
            ofRows.append(
                TopK.Candidate(row: Int32(row - slice.lowerBound), index: order[lane], score: similarity))
            ofBlock.append(
                TopK.Candidate(row: Int32(lane - block.lowerBound), index: order[row], score: similarity))
        }
    }

    /// The norms at some positions; beyond them infinite ones, which no product exceeds.
    private func norms(_ positions: Range<Int>, times factor: Double) -> [Element.Sum] {
        vectors.norms[positions].map { Element.Sum($0 * factor) }
            + Array(repeating: .infinity, count: max(0, laneCount - positions.count))
    }

    /// What a cosine over all items has to exceed, a little lower for what rounding may do to it.
    ///
    /// The cosine is no less than what shrinkage makes of it. Over the shared items it may be larger: then all count.
    private func bounds(of positions: Range<Int>, in lists: NearestLists) -> [Element.Sum] {
        lists.bounds(of: positions).map { formula.usesSharedNorms ? 0 : Element.Sum($0) * (1 - 0x1p-18) }
            + Array(repeating: 1, count: max(0, laneCount - positions.count))
    }
}
