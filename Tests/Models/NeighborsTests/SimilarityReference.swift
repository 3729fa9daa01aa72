import Foundation
import Neighbors
import Ratings

/// The slow, obvious version: a double loop in `Double`, every definition spelled out.
struct SimilarityReference {
    let ratings: RatingMatrix
    let configuration: SimilarityConfiguration
    /// The rows as dictionaries from item to value, after centering and weighting.
    private let rows: [[Int: Double]]

    init(_ ratings: RatingMatrix, _ configuration: SimilarityConfiguration) {
        self.ratings = ratings
        self.configuration = configuration
        let n = Double(ratings.users.count)
        let counts = ratings.itemCounts.map(Double.init)
        let biases = BiasModel.fit(ratings)
        let meanLength = Double(ratings.count) / n
        rows = (0..<ratings.users.count).map { user in
            let row = ratings.ratings(ofUser: user).map { (Int($0), Double($1)) }
            let mean = row.isEmpty ? 0 : row.map(\.1).reduce(0, +) / Double(row.count)
            let entries = row.map { item, rating -> (Int, Double) in
                let expected =
                    switch configuration.measure {
                    case .cosine: 0.0
                    case .centered: mean
                    case .baseline: biases.mean + biases.userBiases[user] + biases.itemBiases[item]
                    }
                let value = rating - expected
                switch configuration.itemWeights {
                case .none: return (item, value)
                case .idf: return (item, value * log(n / counts[item]))
                case .bm25:
                    let length = 1 - 0.8 + 0.8 * Double(row.count) / meanLength
                    let idf = log(1 + (n - counts[item] + 0.5) / (counts[item] + 0.5))
                    return (item, value * (100 + 1) / (100 * length + abs(value)) * idf)
                }
            }
            return Dictionary(uniqueKeysWithValues: entries)
        }
    }

    func similarity(_ u: Int, _ v: Int) -> (value: Double, support: Int) {
        let shared = rows[u].keys.filter { rows[v][$0] != nil }
        let product = shared.reduce(0) { $0 + rows[u, $1] * rows[v, $1] }
        func norm(_ user: Int) -> Double {
            let items = configuration.norms == .shared ? shared : Array(rows[user].keys)
            return items.reduce(0) { $0 + rows[user, $1] * rows[user, $1] }.squareRoot()
        }
        let norms = norm(u) * norm(v)
        guard norms > 1e-9, shared.count >= configuration.minSupport else { return (0, shared.count) }
        let support = Double(shared.count)
        return (product / norms * support / (support + configuration.shrinkage), shared.count)
    }
}

extension [[Int: Double]] {
    fileprivate subscript(user: Int, item: Int) -> Double { self[user][item] ?? 0 }
}
