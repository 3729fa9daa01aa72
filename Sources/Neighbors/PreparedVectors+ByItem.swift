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

    /// The similarity of a user to every user, by index; 0 to those who are no neighbors and to themselves.
    ///
    /// Each item of the user adds to the sums of all its raters, so items that are not shared cost nothing. The items ascend, as
    /// they do in `similarity(_:_:_:)`, and the similarities have the same bits.
    ///
    /// - Parameter byItem: these vectors with items as rows.
    /// - Complexity: O(users + Σ raters of the user's items) time, 36 bytes for each user.
    func similarities(of user: Int, byItem: SparseMatrix<Double>, _ formula: SimilarityFormula) -> [Float] {
        switch self {
        case .exact(let vectors): vectors.similarities(of: user, byItem: byItem, formula)
        case .rounded(let vectors, _): vectors.similarities(of: user, byItem: byItem, formula)
        }
    }

    /// How many sums `similarities(of:byItem:_:)` adds to.
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
    fileprivate func similarities(
        of user: Int, byItem: SparseMatrix<Double>, _ formula: SimilarityFormula
    ) -> [Float] {
        var similarities = [Float](repeating: 0, count: matrix.rows)
        var sums = SharedSums(matrix, byItem)
        sums.forEachPartner(of: user) { other, sums in
            similarities[Int(other)] = formula.similarity(sums, norms: norms[user] * norms[Int(other)])
        }
        return similarities
    }
}
