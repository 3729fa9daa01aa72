import LinearAlgebra

extension PreparedVectors {
    /// The vectors with items as rows; shape (items, users).
    func byItem() -> SparseMatrix<Double> {
        switch self {
        case .exact(let vectors):
            let byItem = vectors.matrix.transposed()
            return byItem.withValues(byItem.values.map(Double.init))
        case .rounded(let vectors, _): return vectors.matrix.transposed()
        }
    }

    /// How near every user is to one, by index; similarity 0 for those who are no neighbors and for the user.
    ///
    /// Each item of the user adds to the sums of all its raters, so items that are not shared cost nothing. The items ascend, as
    /// they do in `similarity(_:_:_:)`, and the similarities have the same bits.
    ///
    /// - Parameter byItem: these vectors with items as rows.
    /// - Complexity: O(users + Σ raters of the user's items) time, 44 bytes for each user.
    func everybody(near user: Int, byItem: SparseMatrix<Double>, _ formula: SimilarityFormula) -> [Neighbor] {
        switch self {
        case .exact(let vectors): vectors.everybody(near: user, byItem: byItem, formula)
        case .rounded(let vectors, _): vectors.everybody(near: user, byItem: byItem, formula)
        }
    }

    /// How many sums `everybody(near:byItem:_:)` adds to.
    func sumCount(of user: Int, byItem: SparseMatrix<Double>) -> Int {
        switch self {
        case .exact(let vectors): vectors.matrix.raterCount(ofRow: user, byItem)
        case .rounded(let vectors, _): vectors.matrix.raterCount(ofRow: user, byItem)
        }
    }
}

extension SparseMatrix {
    fileprivate func raterCount(ofRow row: Int, _ byItem: SparseMatrix<Double>) -> Int {
        columnIndices[entries(ofRow: row)].reduce(0) { $0 + byItem.entries(ofRow: Int($1)).count }
    }
}

extension RatingVectors {
    fileprivate func everybody(
        near user: Int, byItem: SparseMatrix<Double>, _ formula: SimilarityFormula
    ) -> [Neighbor] {
        var neighbors = (0..<Int32(matrix.rows)).map { Neighbor(user: $0, similarity: 0, support: 0) }
        var sums = SharedSums(matrix, byItem)
        sums.forEachPartner(of: user) { other, sums in
            neighbors[Int(other)] = Neighbor(
                user: other, similarity: formula.similarity(sums, norms: norms[user] * norms[Int(other)]),
                support: sums.support)
        }
        return neighbors
    }
}
