package import LinearAlgebra
package import Ratings
import RealModule

/// The ratings after centering and weighting, in that order.
///
/// `centered`: x_ui = r_ui − mean of u's ratings.
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
    let means =
        configuration.measure == .centered
        ? ratings.userMeans : Array(repeating: 0, count: ratings.users.count)
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
            let value = centered(Double(matrix.values[entry]), mean: means[user])
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

/// The rating less the mean; exactly 0 where they differ by rounding only, so that noise is no opinion.
private func centered(_ rating: Double, mean: Double) -> Double {
    let difference = rating - mean
    return abs(difference) <= 1e-6 * abs(mean) ? 0 : difference
}
