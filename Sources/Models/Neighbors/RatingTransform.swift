package import LinearAlgebra
package import Ratings
import RealModule

/// Centers and then weights ratings, by statistics of the training data; also for users outside it.
///
/// `centered`: x_ui = r_ui − mean of u's ratings. `baseline`: x_ui = r_ui − μ − b_u − b_i, the biases as `BiasModel` fits them.
///
/// `idf`: x_ui is multiplied by ln(n / n_i), for n users of whom n_i rated item i: 4 users, 1 of them: ln 4 ≈ 1.386294.
/// An item rated by everybody has weight 0.
///
/// `bm25`: x_ui becomes x_ui·(K + 1)/(K·L_u + |x_ui|) · ln(1 + (n − n_i + ½)/(n_i + ½)), with K = 100,
/// L_u = 1 − b + b·(ratings of u / mean ratings of a user) and b = 0.8. Rating 4 of a user with the mean number of ratings,
/// item rated by 1 of 4: 4·101/104 · ln(1 + 3.5/1.5) ≈ 4.676971. Robertson & Zaragoza 2009, doi:10.1561/1500000019; K and b
/// as in the library implicit.
package struct RatingTransform: Sendable {
    private let measure: SimilarityConfiguration.Measure
    private let itemWeights: SimilarityConfiguration.ItemWeights
    /// The weight of each item, by its number of raters; not read for `none`.
    private let factors: [Double]
    private let meanLength: Double
    private let biases: BiasModel?

    package init(_ ratings: RatingMatrix, _ configuration: SimilarityConfiguration) {
        self.init(
            RatingStatistics(users: ratings.users.count, ratings: ratings.count, itemCounts: ratings.itemCounts),
            configuration, biases: configuration.measure == .baseline ? BiasModel.fit(ratings) : nil)
    }

    /// - Parameter biases: those of all ratings, for the measure `baseline`.
    package init(
        _ statistics: RatingStatistics, _ configuration: SimilarityConfiguration, biases: BiasModel? = nil
    ) {
        precondition((configuration.measure == .baseline) == (biases != nil), "biases for the measure baseline")
        self.biases = biases
        measure = configuration.measure
        itemWeights = configuration.itemWeights
        let userCount = Double(statistics.users)
        meanLength = Double(statistics.ratings) / userCount
        factors = statistics.itemCounts.map(Double.init).map { count in
            switch configuration.itemWeights {
            case .none: 1
            // An item unseen in training says nothing about similarity.
            case .idf: count > 0 ? .log(userCount / count) : 0
            case .bm25: .log(1 + (userCount - count + 0.5) / (count + 0.5))
            }
        }
    }

    /// The transformed training matrix.
    package func applied(to ratings: RatingMatrix, threads: Int = 1) -> SparseMatrix<Double> {
        applied(to: ratings.byUser, threads: threads)
    }

    /// Some rows of the training matrix, transformed; all of them for the measure `baseline`.
    package func applied(to matrix: SparseMatrix<Float>, threads: Int = 1) -> SparseMatrix<Double> {
        let chunks = Parallel.chunks(matrix.rows) { matrix.rowOffsets[$0] }
        let parts = Parallel.map(chunks.count, threads: threads) { part in
            chunks[part].flatMap { user in
                let row = matrix.entries(ofRow: user)
                return values(
                    matrix.columnIndices[row], matrix.values[row], userBias: biases?.userBiases[user] ?? 0)
            }
        }
        return matrix.withValues(Parallel.join(parts, threads: threads))
    }

    /// The transformed ratings of a user outside the training data, as a matrix of one row.
    package func applied(to ratings: UserRatings) -> SparseMatrix<Double> {
        SparseMatrix(
            columns: factors.count, rowOffsets: [0, ratings.count], columnIndices: ratings.items,
            values: values(
                ratings.items[...], ratings.values[...], userBias: biases?.userBias(foldingIn: ratings) ?? 0))
    }

    private func values(
        _ items: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, userBias: Double
    ) -> [Double] {
        let mean = ratings.reduce(0) { $0 + Double($1) } / Double(max(1, ratings.count))
        let length = 0.2 + 0.8 * Double(ratings.count) / meanLength
        return zip(items, ratings).map { item, rating in
            let value = Self.difference(
                Double(rating), from: expectation(Int(item), userMean: mean, userBias: userBias))
            let saturation = itemWeights == .bm25 ? 101 / (100 * length + abs(value)) : 1
            return value * saturation * (itemWeights == .none ? 1 : factors[Int(item)])
        }
    }

    /// The baseline the measure subtracts from a rating.
    private func expectation(_ item: Int, userMean: Double, userBias: Double) -> Double {
        switch measure {
        case .cosine: 0
        case .centered: userMean
        case .baseline: biases.map { $0.mean + userBias + $0.itemBiases[item] } ?? 0
        }
    }

    /// The rating minus its expectation; exactly 0 if they differ by rounding only, so that noise does not count.
    @inline(__always)
    static func difference(_ rating: Double, from expected: Double) -> Double {
        let difference = rating - expected
        return abs(difference) <= 1e-6 * abs(expected) ? 0 : difference
    }
}
