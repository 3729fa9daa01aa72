public import LinearAlgebra
public import Ratings

/// The configuration of user-KNN rating prediction.
///
/// The defaults won a grid search on three random tenths held out of u1.base, the training part of MovieLens 100K's
/// first fold.
public struct UserKNNConfiguration: Sendable, Equatable {
    /// The similarity measure, and k, the number of raters of the item that count. The defaults are `baseline` over
    /// `shared` items, shrinkage 200 and k = 40; tuning covers `baseline` and `centered`, 20…1000 and 15…150.
    public var similarity: SimilarityConfiguration = {
        var similarity = SimilarityConfiguration()
        similarity.measure = .baseline
        similarity.norms = .shared
        similarity.shrinkage = 200
        similarity.neighbors = 40
        return similarity
    }()
    /// The users among whom the k nearest are chosen.
    public enum Neighborhood: String, Sendable, CaseIterable {
        /// The k nearest of those who rated the item.
        case raters
        /// Raters of the item among the k nearest of all users: the graph's neighbors, often none.
        case overall
    }

    /// The effect of negative similarities.
    public enum NegativePolicy: String, Sendable, CaseIterable {
        /// They do not count.
        case ignore
        /// They count negatively: what an opposite user liked is liked less. The k of largest magnitude count.
        case oppose
    }

    /// The default is `raters`.
    public var neighborhood = Neighborhood.raters
    /// The default is `ignore`; tuning covers both.
    public var negative = NegativePolicy.ignore
    /// δ ≥ 0, added to the sum of similarities: few or distant neighbors move a prediction less. The default is 0.15;
    /// tuning covers 0.02…1.
    public var damping = 0.15
    /// The baseline biases; tuning covers 2…50 for users and 1…25 for items.
    public var biases = BiasConfiguration()
    /// The implementation of vector products; results do not depend on it. The default is `auto`.
    public var products = Products.auto
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(SimilarityError) {
        try similarity.validate()
        try OptionRange.shrinkage.check("damping", damping, SimilarityError.outOfRange)
        do { try biases.validate() } catch { throw .outOfRange(error.option, error.value, error.range) }
        try OptionRange.threads.check("threads", threads, SimilarityError.outOfRange)
        if neighborhood == .overall && negative == .oppose {
            throw .outOfRange("negative", "oppose", "ignore where the neighborhood is overall")
        }
    }
}

/// User-KNN: predicts a rating from the nearest users.
///
/// r̂_ui = b_ui + Σ_v s_uv·(r_vi − b_vi) / (δ + Σ_v |s_uv|), over the k raters v of i most similar to u, with b the
/// regularized biases of user and item. Without neighbors, the prediction is the bias baseline.
///
/// One rater with s = 0.5 and a rating 1 above their b, δ = 0.5: the prediction is b_ui + 0.5.
///
/// - Complexity: O(ratings) time and memory to fit (`overall`: that of `AllPairs`); a prediction takes O(ratings of the
///   item's raters), a batch for one user O(raters of the user's items).
///
/// Source: Koren 2010, doi:10.1145/1644873.1644874, section 2.2. Where we differ: δ, and k counts raters of the item.
public struct UserKNN: RatingPredictor {
    /// The configuration of the fit.
    public let configuration: UserKNNConfiguration
    /// The bias baseline.
    public let biases: BiasModel
    private let ratings: RatingMatrix
    private let vectors: PreparedVectors
    private let byItem: SparseMatrix<Float>
    private let vectorsByItem: SparseMatrix<Double>
    /// The nearest of all users; nil for `raters`.
    private let table: NeighborTable?
    private let formula: SimilarityFormula

    /// Fits the model to ratings.
    ///
    /// - Throws: `SimilarityError` for values out of range, and where the fit is cancelled (`Cancellation`).
    public static func fit(
        _ ratings: RatingMatrix, _ configuration: UserKNNConfiguration = UserKNNConfiguration()
    ) throws(SimilarityError) -> UserKNN {
        try configuration.validate()
        let vectors = PreparedVectors(ratings, configuration.similarity, threads: configuration.threads)
        let allPairs = try AllPairs(
            configuration.similarity, products: configuration.products, threads: configuration.threads)
        let byItem = ratings.byUser.transposed()
        if Cancellation.current.isRequested { throw .cancelled }
        return UserKNN(
            configuration: configuration, biases: BiasModel.fit(ratings, configuration.biases), ratings: ratings,
            // Shares the sparsity pattern.
            vectors: vectors, byItem: byItem, vectorsByItem: byItem.withValues(vectors.byItem().values),
            table: configuration.neighborhood == .overall ? try allPairs.neighbors(among: vectors) : nil,
            formula: SimilarityFormula(configuration.similarity, keepsNegative: configuration.negative == .oppose))
    }

    /// Memory beyond the ratings, in bytes.
    public var bytes: Int {
        vectors.bytes + 8 * (vectorsByItem.count + biases.userBiases.count + biases.itemBiases.count)
            + (table?.bytes ?? 0)
    }

    public func prediction(user: Int?, item: Int?) -> Double {
        predictions(user: user, items: [item], times: nil)[0]
    }

    /// Computes the similarities to all users at once if the items have many raters.
    public func predictions(user: Int?, items: ArraySlice<Int?>, times: ArraySlice<Int64>?) -> [Double] {
        let everybody = user.flatMap {
            isWorthAll($0, items) ? vectors.everybody(near: $0, byItem: vectorsByItem, formula) : nil
        }
        return items.map { item in
            var value = biases.expectation(user: user, item: item)
            if let user, let item {
                value += Self.correction(item, among: candidates(user, item, everybody), configuration, biases)
            }
            return biases.scale.clamped(value)
        }
    }

    /// Whether comparing a user with everybody is cheaper than with the raters of some items, one by one.
    private func isWorthAll(_ user: Int, _ items: ArraySlice<Int?>) -> Bool {
        guard table == nil, items.count > 1 else { return false }
        let raters = items.reduce(0) { sum, item in sum + (item.map { byItem.entries(ofRow: $0).count } ?? 0) }
        let ratings = ratings.byUser
        let pair = ratings.entries(ofRow: user).count + ratings.count / max(1, ratings.rows)
        return vectors.sumCount(of: user, byItem: vectorsByItem) < raters * pair
    }

    public func predictions(foldingIn ratings: UserRatings, items: [Int]) -> [Double] {
        let similarities = vectors.similarities(foldingIn: ratings, formula).map(\.similarity)
        let nearest = similarities.indices.filter { similarities[$0] > 0 }
            .sorted { (similarities[$1], $0) < (similarities[$0], $1) }.prefix(configuration.similarity.neighbors)
        let isNear = configuration.neighborhood == .overall ? Set(nearest) : nil
        let bias = biases.userBias(foldingIn: ratings)
        return items.map { item in
            let raters = byItem.entries(ofRow: item).map { entry in
                let user = Int(byItem.columnIndices[entry])
                let isCandidate = isNear?.contains(user) ?? true
                return Rater(
                    user: user, similarity: isCandidate ? similarities[user] : 0, rating: byItem.values[entry])
            }
            let expectation = biases.mean + bias + biases.itemBiases[item]
            return biases.scale.clamped(expectation + Self.correction(item, among: raters, configuration, biases))
        }
    }

    struct Rater {
        let user: Int
        let similarity: Float
        let rating: Float
    }

    /// The candidate raters of an item for a user, ties by user.
    ///
    /// - Parameter everybody: the similarity of each user, or nil if not yet computed.
    private func candidates(_ user: Int, _ item: Int, _ everybody: [Neighbor]?) -> [Rater] {
        if let table {
            return table.neighbors(of: user).compactMap { neighbor in
                let other = Int(neighbor.user)
                return ratings.rating(user: other, item: item).map {
                    Rater(user: other, similarity: neighbor.similarity, rating: $0)
                }
            }
        }
        return byItem.entries(ofRow: item).compactMap { entry in
            let other = Int(byItem.columnIndices[entry])
            guard other != user else { return nil }
            let neighbor = everybody?[other] ?? vectors.similarity(user, other, formula)
            return Rater(user: other, similarity: neighbor.similarity, rating: byItem.values[entry])
        }
    }

    /// The correction of the biases by the nearest candidates; ties keep the first.
    static func correction(
        _ item: Int, among candidates: [Rater], _ configuration: UserKNNConfiguration, _ biases: BiasModel
    ) -> Double {
        var nearest = TopK(rows: 1, capacity: max(1, min(configuration.similarity.neighbors, candidates.count)))
        for (place, rater) in candidates.enumerated() { nearest.offer(abs(rater.similarity), Int32(place), to: 0) }
        var weighted = 0.0
        var total = configuration.damping
        for place in nearest.best(ofRow: 0) {
            let rater = candidates[Int(place.index)]
            let surprise = Double(rater.rating) - biases.expectation(user: rater.user, item: item)
            weighted += Double(rater.similarity) * surprise
            total += Double(abs(rater.similarity))
        }
        return total > 0 ? weighted / total : 0
    }
}
