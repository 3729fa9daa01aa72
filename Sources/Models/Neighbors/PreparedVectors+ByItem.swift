import LinearAlgebra

extension PreparedVectors {
    /// The vectors with items as rows; shape (items, users).
    func byItem(threads: Int = 1) -> SparseMatrix<Double> {
        switch self {
        case .exact(let vectors):
            let byItem = vectors.matrix.transposed(threads: threads)
            return byItem.withValues(byItem.values.map(Double.init))
        case .rounded(let vectors, _): return vectors.matrix.transposed(threads: threads)
        }
    }

    /// The similarity of every user to one, by index; 0 for non-neighbors and the user themself.
    ///
    /// Each item of the user adds to the sums of all its raters, so unshared items cost nothing. Items ascend as in
    /// `similarity(_:_:_:)`, so the similarities have the same bits.
    ///
    /// - Parameter byItem: these vectors, with items as rows.
    /// - Complexity: O(users + Σ raters of the user's items) time, 44 bytes per user.
    func everybody(near user: Int, byItem: SparseMatrix<Double>, _ formula: SimilarityFormula) -> [Neighbor] {
        switch self {
        case .exact(let vectors): vectors.everybody(near: user, byItem: byItem, formula)
        case .rounded(let vectors, _): vectors.everybody(near: user, byItem: byItem, formula)
        }
    }

    /// The number of additions of `everybody(near:byItem:_:)`.
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
