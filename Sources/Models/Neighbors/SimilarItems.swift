public import LinearAlgebra
public import Ratings

/// Similar items by their raters: the nearest of an item, computed on demand.
///
/// s(i,j) = Σ_u r_ui·r_uj / (‖r_i‖·‖r_j‖) · n/(n + β), over the n users who rated both, with norms over all raters of
/// each item. The last factor shrinks similarities of low support: ratings (5, 4) and (4, 4) of the same two users give
/// 36 / (√41·√32) · 2/12 ≈ 0.165647 with the default β = 10.
public struct SimilarItems: Sendable {
    /// Ratings with items as rows and users as columns.
    public let byItem: SparseMatrix<Float>
    private let ratings: RatingMatrix
    private let norms: [Double]
    private let shrinkage: Double

    /// - Parameter shrinkage: β ≥ 0.
    /// - Complexity: O(ratings).
    public init(_ ratings: RatingMatrix, shrinkage: Double = 10, threads: Int = 1) {
        precondition(shrinkage >= 0, "shrinkage is 0 or more")
        self.ratings = ratings
        self.shrinkage = shrinkage
        let byItem = ratings.byUser.transposed(threads: threads)
        self.byItem = byItem
        norms = (0..<byItem.rows).map { item in
            byItem.values[byItem.entries(ofRow: item)].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
    }

    /// The most similar items, at most `count`: higher similarity first, then lower index.
    ///
    /// - Complexity: O(ratings of all who rated the item) time, O(items) memory.
    public func nearest(to item: Int, count: Int) -> [SimilarItem] {
        var products = [Double](repeating: 0, count: byItem.rows)
        var supports = [Int32](repeating: 0, count: byItem.rows)
        for entry in byItem.entries(ofRow: item) {
            let rating = Double(byItem.values[entry])
            for (other, value) in ratings.ratings(ofUser: Int(byItem.columnIndices[entry])) {
                products[Int(other)] += rating * Double(value)
                supports[Int(other)] += 1
            }
        }
        let found = supports.indices.lazy.filter { $0 != item && products[$0] > 0 }.map { other in
            let support = Double(supports[other])
            let cosine = products[other] / (norms[item] * norms[other])
            return SimilarItem(
                item: Int32(other), similarity: Float(cosine * support / (support + shrinkage)),
                support: supports[other])
        }
        return Array(found.sorted { ($1.similarity, $0.item) < ($0.similarity, $1.item) }.prefix(count))
    }
}

/// An item similar to another.
public struct SimilarItem: Sendable, Equatable {
    /// The index of the item.
    public let item: Int32
    /// In (0, 1].
    public let similarity: Float
    /// The number of users who rated both.
    public let support: Int32
}
