import LinearAlgebra
public import Ratings

/// The nearest neighbors of users outside of the ratings, by ratings of their own.
///
/// A guest is compared with everybody as if they had been there, but for what the measure learns from all: biases, item
/// weights and mean numbers of ratings stay those of the users. A guest with the ratings of a user so has their similarities,
/// to the bit (with `baseline`, to rounding: the guest's own bias is folded in), and that user as the nearest.
///
/// - Complexity: O(ratings) once; O(users + Σ raters of the guest's items) for a guest.
public struct GuestNeighbors: Sendable {
    private let vectors: PreparedVectors
    private let byItem: SparseMatrix<Double>
    private let formula: SimilarityFormula

    /// - Throws: `SimilarityError` if the configuration is out of range.
    public init(
        of ratings: RatingMatrix, _ configuration: SimilarityConfiguration, threads: Int
    ) throws(SimilarityError) {
        try configuration.validate()
        vectors = PreparedVectors(ratings, configuration, threads: threads)
        byItem = vectors.byItem(threads: threads)
        formula = SimilarityFormula(configuration)
    }

    /// The nearest users of each guest, nearest first; among equally near ones the lower index first.
    ///
    /// - Parameters:
    ///   - count: the most neighbors of a guest.
    ///   - done: told after each guest, from any thread.
    /// - Throws: `SimilarityError.cancelled`.
    public func nearest(
        _ count: Int, of guests: [UserRatings], threads: Int, done: @Sendable () -> Void = {}
    ) throws(SimilarityError) -> NeighborTable {
        let rows =
            switch vectors {
            case .exact(let vectors):
                nearest(count, of: guests, among: vectors, threads, done) { $0.matrix(columns: vectors.matrix.columns) }
            case .rounded(let vectors, let transform):
                nearest(count, of: guests, among: vectors, threads, done) { transform.applied(to: $0) }
            }
        if Cancellation.current.isRequested { throw .cancelled }
        return NeighborTable(rows: rows, threads: threads)
    }

    private func nearest<Element: BLASScalar>(
        _ count: Int, of guests: [UserRatings], among users: RatingVectors<Element>, _ threads: Int,
        _ done: @Sendable () -> Void, _ vector: @Sendable (UserRatings) -> SparseMatrix<Element>
    ) -> [[Neighbor]] {
        let cancellation = Cancellation.current
        return Parallel.map(
            guests.count, threads: threads, workspace: { SharedSums(users.matrix, byItem) }
        ) { place, sums in
            if cancellation.isRequested { return [] }
            defer { done() }
            let guest = RatingVectors(vector(guests[place]))
            var near: [Neighbor] = []
            sums.forEachPartner(ofRow: guest.matrix.columnIndices[...], guest.matrix.values[...]) { other, sums in
                let norms = guest.norms[0] * users.norms[Int(other)]
                let similarity = formula.similarity(sums, norms: norms)
                if similarity > 0 { near.append(Neighbor(user: other, similarity: similarity, support: sums.support)) }
            }
            return Array(near.sorted(by: Neighbor.isNearer).prefix(count))
        }
    }
}

extension UserRatings {
    fileprivate func matrix(columns: Int) -> SparseMatrix<Float> {
        SparseMatrix(columns: columns, rowOffsets: [0, count], columnIndices: items, values: values)
    }
}
