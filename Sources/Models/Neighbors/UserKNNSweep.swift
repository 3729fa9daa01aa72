import LinearAlgebra
public import Ratings

/// User-KNN predictions for many configurations at once.
///
/// Raw similarities depend only on measure, norms and weights; shrinkage, k, damping and the rest are applied
/// afterwards. So each pair is computed once for all configurations that share the former. Predictions equal those of
/// `UserKNN`, except that similarities are rounded to `Float` before shrinkage.
///
/// - Complexity: a user's predictions take O(Σ raters of the user's items) for the similarities, plus O(raters of the
///   item) per item and configuration.
public struct UserKNNSweep: Sendable {
    private let byItem: SparseMatrix<Float>
    private let groups: [Group]
    private let count: Int

    /// Configurations with the same raw similarities.
    private struct Group {
        let vectors: PreparedVectors
        /// The vectors, with items as rows.
        let byItem: SparseMatrix<Double>
        let formula: SimilarityFormula
        var members: [Member]
    }

    fileprivate struct Member {
        let place: Int
        let configuration: UserKNNConfiguration
        let biases: BiasModel
    }

    /// - Parameter configurations: all with the neighborhood `raters`.
    /// - Throws: `SimilarityError` if one is out of range.
    public init(
        _ ratings: RatingMatrix, _ configurations: [UserKNNConfiguration], threads: Int = 1
    ) throws(SimilarityError) {
        for configuration in configurations { try configuration.validate() }
        precondition(configurations.allSatisfy { $0.neighborhood == .raters }, "the neighborhood has to be raters")
        let biases = Parallel.map(configurations.count, threads: threads) { place in
            BiasModel.fit(ratings, configurations[place].biases)
        }
        var keys: [SimilarityConfiguration] = []
        var groups: [Group] = []
        for (place, configuration) in configurations.enumerated() {
            let member = Member(place: place, configuration: configuration, biases: biases[place])
            let key = Self.unweighted(configuration.similarity)
            if let group = keys.firstIndex(of: key) {
                groups[group].members.append(member)
            } else {
                keys.append(key)
                let vectors = PreparedVectors(ratings, key, threads: threads)
                groups.append(
                    Group(
                        vectors: vectors, byItem: vectors.byItem(),
                        formula: SimilarityFormula(key, keepsNegative: true), members: [member]))
            }
        }
        self.groups = groups
        count = configurations.count
        byItem = ratings.byUser.transposed()
    }

    /// The predicted ratings of items by a user, per configuration.
    public func predictions(user: Int?, items: ArraySlice<Int?>) -> [[Double]] {
        var predictions = [[Double]](repeating: [], count: count)
        for group in groups {
            let everybody = user.map { group.vectors.everybody(near: $0, byItem: group.byItem, group.formula) }
            for item in items {
                let raters = raters(of: item, except: user, everybody ?? [])
                for member in group.members {
                    var value = member.biases.expectation(user: user, item: item)
                    if let item, !raters.isEmpty {
                        value += UserKNN.correction(
                            item, among: member.weighted(raters), member.configuration, member.biases)
                    }
                    predictions[member.place].append(member.biases.scale.clamped(value))
                }
            }
        }
        return predictions
    }

    private typealias NearRater = (neighbor: Neighbor, rating: Float)

    /// - Parameter everybody: the similarity of each user.
    private func raters(of item: Int?, except user: Int?, _ everybody: [Neighbor]) -> [NearRater] {
        guard let user, let item else { return [] }
        return byItem.entries(ofRow: item).compactMap { entry in
            let other = Int(byItem.columnIndices[entry])
            return other == user ? nil : (everybody[other], byItem.values[entry])
        }
    }

    /// The configuration without what is applied to raw similarities.
    private static func unweighted(_ similarity: SimilarityConfiguration) -> SimilarityConfiguration {
        var key = similarity
        key.neighbors = 1
        key.shrinkage = 0
        key.minSupport = 1
        key.minSimilarity = 0
        return key
    }
}

extension UserKNNSweep.Member {
    /// The raters with the similarities of this configuration.
    fileprivate func weighted(_ raters: [(neighbor: Neighbor, rating: Float)]) -> [UserKNN.Rater] {
        let similarity = configuration.similarity
        let (shrinkage, least) = (Float(similarity.shrinkage), similarity.minSimilarity)
        let keepsNegative = configuration.negative == .oppose
        return raters.map { rater in
            let support = Float(rater.neighbor.support)
            let shrunk = rater.neighbor.similarity * (support / (support + shrinkage))
            let isNear =
                Int(rater.neighbor.support) >= similarity.minSupport && abs(shrunk) >= least
                && (keepsNegative || shrunk > 0)
            return UserKNN.Rater(
                user: Int(rater.neighbor.user), similarity: isNear ? shrunk : 0, rating: rater.rating)
        }
    }
}
