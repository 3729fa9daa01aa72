/// Finds the rows of a matrix with the largest products with query vectors, by tiles of GEMM.
///
/// Rows are visited by falling norm until no remaining product can enter a list: p·q ≤ ‖p‖·‖q‖.
///
/// - Complexity: O(rows · columns) memory; a search needs a tile of 512 rows per query.
public struct ProductSearch: Sendable {
    /// The rows by falling norm, in blocks of 512.
    private let blocks: [DenseMatrix<Float>]
    /// The row at each position of that order, and the position of each row.
    private let order: [Int32]
    private let places: [Int32]
    /// The largest Euclidean norm in each block.
    private let blockNorms: [Double]
    /// The length of a vector.
    public let columns: Int
    /// The largest Euclidean norm of a row.
    public var largestNorm: Double { blockNorms.first ?? 0 }

    private static let blockRows = 512

    /// - Parameter vectors: shape (rows, columns).
    public init(_ vectors: DenseMatrix<Float>) {
        columns = vectors.columns
        let norms = (0..<vectors.rows).map { euclideanNorm(vectors.row($0)) }
        let order = (0..<Int32(vectors.rows)).sorted { (norms[Int($1)], $0) < (norms[Int($0)], $1) }
        var places = order
        for (place, row) in order.enumerated() { places[Int(row)] = Int32(place) }
        let starts = stride(from: 0, to: order.count, by: Self.blockRows)
        blocks = starts.map { start in
            let rows = order[start..<min(start + Self.blockRows, order.count)]
            return DenseMatrix(
                rows: rows.count, columns: vectors.columns, elements: rows.flatMap { vectors.row(Int($0)) })
        }
        blockNorms = starts.map { norms[Int(order[$0])] }
        self.order = order
        self.places = places
    }

    /// The rows with the largest products per query, largest first; the order of ties is unspecified.
    ///
    /// - Parameters:
    ///   - queries: shape (any, columns).
    ///   - excluded: rows to omit, per query.
    /// - Returns: one list per query. The products are those of BLAS, whose last bits depend on the shapes.
    public func best(
        _ count: Int, for queries: DenseMatrix<Float>, excluding excluded: [ArraySlice<Int32>]
    ) -> [[(row: Int32, product: Float)]] {
        precondition(queries.columns == columns && queries.rows == excluded.count, "shapes of a search")
        var best = TopK(rows: queries.rows, capacity: count, floor: -.greatestFiniteMagnitude)
        var tile = DenseMatrix<Float>(rows: queries.rows, columns: Self.blockRows)
        var left = excluded.map { $0.map { places[Int($0)] }.sorted()[...] }
        // Includes the rounding error of a product.
        let reach = (0..<queries.rows).map { euclideanNorm(queries.row($0)) * (1 + Double(columns) * 0x1p-23) }
        for (index, block) in blocks.enumerated() {
            let isDone = zip(reach, best.thresholds).allSatisfy { Double($1) > $0 * blockNorms[index] }
            if isDone { break }
            let start = index * Self.blockRows
            tile.reshape(rows: queries.rows, columns: block.rows)
            tile.multiply(queries, transposed: block, accumulating: false)
            for query in left.indices {
                while let place = left[query].first, Int(place) < start + block.rows {
                    tile[query, Int(place) - start] = -.infinity
                    left[query].removeFirst()
                }
            }
            best.offerRows(of: tile, firstIndex: start)
        }
        return (0..<queries.rows).map { query in
            best.best(ofRow: query).map { (order[Int($0.index)], $0.score) }
        }
    }
}

/// √Σ x², summed in `Double`.
public func euclideanNorm(_ vector: some Sequence<Float>) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}
