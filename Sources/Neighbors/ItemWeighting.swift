package import LinearAlgebra
package import Ratings
import RealModule

/// The ratings after centering and weighting, in that order.
///
/// `centered`: x_ui = r_ui − mean of u's ratings. `baseline`: x_ui = r_ui − μ − b_u − b_i, the biases as `BiasModel` fits them.
///
/// `idf`: x_ui is multiplied by ln(n / n_i), for n users of whom n_i rated item i: 4 users, 1 of them: ln 4 ≈ 1.386294. An
/// item that everybody rated counts nothing.
///
/// `bm25`: x_ui becomes x_ui·(K + 1)/(K·L_u + |x_ui|) · ln(1 + (n − n_i + ½)/(n_i + ½)), with K = 100,
/// L_u = 1 − b + b·(ratings of u / mean ratings of a user) and b = 0.8. Rating 4 of a user with the mean number of ratings,
/// item rated by 1 of 4: 4·101/104 · ln(1 + 3.5/1.5) ≈ 4.676971. Robertson & Zaragoza 2009, doi:10.1561/1500000019; K and b
/// as in the library implicit.
package func transformed(
    _ ratings: RatingMatrix, _ configuration: SimilarityConfiguration
) -> SparseMatrix<Double> {
    let matrix = ratings.byUser
    let expected = expectation(of: ratings, configuration.measure)
    let counts = ratings.itemCounts.map(Double.init)
    let userCount = Double(ratings.users.count)
    let meanLength = Double(ratings.count) / userCount
    let idf = counts.map { Double.log(userCount / $0) }
    let smoothIDF = counts.map { Double.log(1 + (userCount - $0 + 0.5) / ($0 + 0.5)) }

    var values = [Double](repeating: 0, count: matrix.count)
    for user in 0..<matrix.rows {
        let row = matrix.entries(ofRow: user)
        let length = 0.2 + 0.8 * Double(row.count) / meanLength
        for entry in row {
            let item = Int(matrix.columnIndices[entry])
            let value = difference(Double(matrix.values[entry]), from: expected(user, item))
            values[entry] =
                switch configuration.itemWeights {
                case .none: value
                case .idf: value * idf[item]
                case .bm25: value * 101 / (100 * length + abs(value)) * smoothIDF[item]
                }
        }
    }
    return matrix.withValues(values)
}

/// What a measure takes off the rating of an item by a user.
private func expectation(
    of ratings: RatingMatrix, _ measure: SimilarityConfiguration.Measure
) -> (_ user: Int, _ item: Int) -> Double {
    switch measure {
    case .cosine: return { _, _ in 0 }
    case .centered:
        let means = ratings.userMeans
        return { user, _ in means[user] }
    case .baseline:
        let biases = BiasModel.fit(ratings)
        return { user, item in biases.prediction(user: user, item: item) }
    }
}

/// The rating less what was expected; exactly 0 where they differ by rounding only, so that noise is no opinion.
private func difference(_ rating: Double, from expected: Double) -> Double {
    let difference = rating - expected
    return abs(difference) <= 1e-6 * abs(expected) ? 0 : difference
}
