public import LinearAlgebra

/// A recommender whose scores are products of a vector of the user and one of the item, so that the lists of many users come
/// by matrix products.
public protocol FactorRecommender: ItemRecommender {
    /// A row for each item.
    var itemVectors: DenseMatrix<Float> { get }

    /// What `itemVectors` are multiplied with for the scores of a user, but for rounding; nil where the scores are no such
    /// products.
    func vector(user: Int) -> [Float]?

    /// The scores of some items: the same bits as `scores(user:)` has for them.
    func scores(user: Int, items: [Int32]) -> [Float]
}

/// The lists of users by tiles of GEMM.
///
/// GEMM only nominates: the products of its candidates are computed again one by one, as `scores` does, for its own last bits
/// depend on the shape of a tile. The list stands if no item that was not nominated can reach it; else, where many items are
/// as good as equal, all scores are computed.
struct FactorSearch: Sendable {
    private let model: any FactorRecommender
    private let search: ProductSearch
    /// How many more items are nominated than asked for.
    private static let spare = 8

    init(_ model: any FactorRecommender) {
        self.model = model
        search = ProductSearch(model.itemVectors)
    }

    /// The best unrated items of each of some users.
    func lists(of users: Range<Int>, _ ratings: RatingMatrix, count: Int) -> [[RankedItem]] {
        let vectors = users.map { model.vector(user: $0) }
        var queries = DenseMatrix<Float>(rows: users.count, columns: search.columns)
        for (row, vector) in vectors.enumerated() {
            for (column, value) in (vector ?? []).enumerated() { queries[row, column] = value }
        }
        let rated = users.map { ratings.byUser.columnIndices[ratings.byUser.entries(ofRow: $0)] }
        let nominated = search.best(count + Self.spare, for: queries, excluding: rated)
        return users.enumerated().map { row, user in
            vectors[row].flatMap { list(of: user, $0, nominated[row], count: count) }
                ?? best(of: model.scores(user: user), count: count, excluding: rated[row])
        }
    }

    /// The list of a user out of the nominated, or nil where others may belong there.
    private func list(
        of user: Int, _ vector: [Float], _ nominated: [(row: Int32, product: Float)], count: Int
    ) -> [RankedItem]? {
        let items = nominated.map(\.row)
        let ranked = zip(items, model.scores(user: user, items: items)).map { RankedItem(item: $0, score: $1) }
            .sorted { ($1.score, $0.item) < ($0.score, $1.item) }
        let list = Array(ranked.prefix(count))
        if nominated.count == count + Self.spare, let worst = nominated.last, let last = list.last {
            // Two sums of n products differ by at most 2·n·2⁻²⁴·‖p‖·‖q‖, and biases and means add a few roundings.
            let rounding =
                Double(vector.count + 16) * 0x1p-23 * euclideanNorm(vector) * search.largestNorm
            guard Double(last.score) > Double(worst.product) + rounding else { return nil }
        }
        return list
    }
}
