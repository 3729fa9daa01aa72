public import LinearAlgebra

/// A recommender whose scores are products of a user vector and an item vector, so that matrix products give the lists
/// of many users.
public protocol FactorRecommender: ItemRecommender {
    /// One row per item.
    var itemVectors: DenseMatrix<Float> { get }

    /// The vector whose products with `itemVectors` are the user's scores up to rounding; nil if the scores are not
    /// such products.
    func vector(user: Int) -> [Float]?

    /// The scores of some items, with the same bits as in `scores(user:)`.
    func scores(user: Int, items: [Int32]) -> [Float]
}

/// Top lists of users by tiles of GEMM.
///
/// GEMM only nominates candidates: their scores are recomputed one by one, as in `scores`, because GEMM's last bits
/// depend on the tile shape. The list is final if no other item can reach it; otherwise, with many near-ties, all
/// scores are computed.
struct FactorSearch: Sendable {
    private let model: any FactorRecommender
    private let search: ProductSearch
    /// The number of extra candidates nominated.
    private static let spare = 8

    init(_ model: any FactorRecommender) {
        self.model = model
        search = ProductSearch(model.itemVectors)
    }

    /// The best items of each user.
    ///
    /// - Parameter excluded: the items to leave out of each list.
    func lists(of users: ArraySlice<Int>, excluding excluded: [ArraySlice<Int32>], count: Int) -> [[RankedItem]] {
        let vectors = users.map { model.vector(user: $0) }
        var queries = DenseMatrix<Float>(rows: users.count, columns: search.columns)
        for (row, vector) in vectors.enumerated() {
            for (column, value) in (vector ?? []).enumerated() { queries[row, column] = value }
        }
        let nominated = search.best(count + Self.spare, for: queries, excluding: excluded)
        return users.enumerated().map { row, user in
            vectors[row].flatMap { list(of: user, $0, nominated[row], count: count) }
                ?? best(of: model.scores(user: user), count: count, excluding: excluded[row])
        }
    }

    /// A user's list from the nominated items, or nil if others may belong there.
    private func list(
        of user: Int, _ vector: [Float], _ nominated: [(row: Int32, product: Float)], count: Int
    ) -> [RankedItem]? {
        let items = nominated.map(\.row)
        let ranked = zip(items, model.scores(user: user, items: items)).map { RankedItem(item: $0, score: $1) }
            .sorted { ($1.score, $0.item) < ($0.score, $1.item) }
        let list = Array(ranked.prefix(count))
        if nominated.count == count + Self.spare, let worst = nominated.last, let last = list.last {
            // Two sums of n products differ by at most 2·n·2⁻²⁴·‖p‖·‖q‖; biases and means add a few roundings.
            let rounding =
                Double(vector.count + 16) * 0x1p-23 * euclideanNorm(vector) * search.largestNorm
            guard Double(last.score) > Double(worst.product) + rounding else { return nil }
        }
        return list
    }
}
