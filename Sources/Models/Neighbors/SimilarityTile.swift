import LinearAlgebra

/// The similarities of a block of users with tile after tile of users.
///
/// A single-threaded workspace that owns its buffers.
struct SimilarityTile<Element: LaneScalar> {
    private let vectors: OrderedVectors<Element>
    private let formula: SimilarityFormula
    private var block = 0..<0
    private var products: RowProducts<Element>
    /// Σ x_u² and Σ x_v² over the shared items, u in the block, and their number; nil if the formula does not need
    /// them.
    private var blockSquares: RowProducts<Element>?
    private var rowSquares: RowProducts<Element>?
    private var supports: RowProducts<Element>?
    private var found: [Int32]
    /// The pairs found: the first half starts with those for the rows' lists, the second with those for the block's.
    private var pairs: [TopK.Candidate]

    init(_ vectors: OrderedVectors<Element>, _ formula: SimilarityFormula) {
        self.vectors = vectors
        self.formula = formula
        products = RowProducts(vectors.values, vectors.values)
        if let squares = vectors.squares, let ones = vectors.ones {
            blockSquares = RowProducts(squares, ones)
            rowSquares = RowProducts(ones, squares)
        }
        if formula.needsSupport, let ones = vectors.ones { supports = RowProducts(ones, ones) }
        found = Array(repeating: 0, count: laneCount * laneCount)
        pairs = Array(repeating: TopK.Candidate(row: 0, index: 0, score: 0), count: 2 * found.count)
    }

    /// Loads the users of a block.
    mutating func load(_ lanes: LaneBlock) {
        block = lanes.lanes
        let first = lanes.rows.lowerBound
        products.load(block, from: first)
        blockSquares?.load(block, from: first)
        rowSquares?.load(block, from: first)
        supports?.load(block, from: first)
    }

    /// Multiplies the block with the users at these positions, and offers each pair to the lists of both.
    mutating func offer(_ rows: Range<Int>, to lists: NearestLists) {
        products.multiply(rows)
        blockSquares?.multiply(rows)
        rowSquares?.multiply(rows)
        supports?.multiply(rows)
        let laneNorms = norms(block, times: 1)
        // In slices, because each raises the bounds for the next.
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: laneCount) {
            let slice = start..<min(start + laneCount, rows.upperBound)
            let rowBounds = lists.bounds(ofBlockFrom: slice.lowerBound)
            let laneBounds = lists.bounds(ofBlockFrom: block.lowerBound)
            let count = products.findReaching(
                slice.lowerBound - rows.lowerBound..<slice.upperBound - rows.lowerBound,
                rowNorms: norms(slice, times: 1 / vectors.unit), rowBounds: cosineBounds(rowBounds),
                laneNorms: laneNorms, laneBounds: cosineBounds(laneBounds), into: &found)
            let (rowCount, blockCount) = collectPairs(
                count, firstRow: rows.lowerBound, slice: slice, rowBounds, laneBounds)
            lists.offer(pairs[..<rowCount], toBlockFrom: slice.lowerBound)
            lists.offer(pairs[pairs.count / 2..<pairs.count / 2 + blockCount], toBlockFrom: block.lowerBound)
        }
    }

    /// Collects the found places that are neighbors and reach the bound of the row or the lane.
    ///
    /// - Returns: the numbers of pairs at the start of the two halves of `pairs`.
    private mutating func collectPairs(
        _ count: Int, firstRow: Int, slice: Range<Int>, _ rowBounds: [Float], _ laneBounds: [Float]
    ) -> (rows: Int, block: Int) {
        let (order, unit, norms) = (vectors.values.pattern.rowOrder, vectors.unit, vectors.norms)
        let (sums, supports) = (products.sums, supports?.sums)
        let (blockSquares, rowSquares) = (blockSquares?.sums, rowSquares?.sums)
        let (found, block, formula, half) = (found, block, formula, pairs.count / 2)
        var pairs = pairs.mutableSpan
        var (rowCount, blockCount) = (0, 0)
        for index in 0..<count {
            let place = Int(found[index])
            let (row, lane) = (firstRow + place / laneCount, block.lowerBound + place % laneCount)
            // Within the block, each pair occurs twice, and each user meets themself.
            guard row > lane || row < block.lowerBound else { continue }
            var normProduct = norms[row] * norms[lane]
            if let blockSquares, let rowSquares {
                normProduct =
                    (unit * Double(blockSquares[place])).squareRoot() * (unit * Double(rowSquares[place])).squareRoot()
            }
            let similarity = formula.similarity(
                product: unit * Double(sums[place]), norms: normProduct,
                support: supports.map { Double($0[place]) } ?? 1)
            guard similarity > 0 else { continue }
            // Branch-free: written always, counted only if it reaches.
            let (rowInSlice, laneInBlock) = (row - slice.lowerBound, lane - block.lowerBound)
            pairs[rowCount] = TopK.Candidate(row: Int32(rowInSlice), index: order[lane], score: similarity)
            rowCount += similarity >= rowBounds[rowInSlice] ? 1 : 0
            pairs[half + blockCount] = TopK.Candidate(row: Int32(laneInBlock), index: order[row], score: similarity)
            blockCount += similarity >= laneBounds[laneInBlock] ? 1 : 0
        }
        return (rowCount, blockCount)
    }

    /// The norms at some positions, padded with infinity, which no product exceeds.
    private func norms(_ positions: Range<Int>, times factor: Double) -> [Element.Sum] {
        vectors.norms[positions].map { Element.Sum($0 * factor) }
            + Array(repeating: .infinity, count: max(0, laneCount - positions.count))
    }

    /// The cosine over all items to exceed, lowered slightly for rounding.
    ///
    /// Shrinkage only lowers a cosine. Over shared items it may be larger, so then all pass.
    private func cosineBounds(_ bounds: [Float]) -> [Element.Sum] {
        bounds.map { formula.usesSharedNorms ? 0 : Element.Sum($0) * (1 - 0x1p-18) }
            + Array(repeating: 1, count: laneCount - bounds.count)
    }
}
