import LinearAlgebra
import RealModule

/// The precision of ratings: r − r̂ ~ N(0, 1/(α·a_u·a_i)), since some users and items are easier to predict than
/// others.
///
/// α ~ Gamma(1, 1), a_u and a_i ~ Gamma(8, 8), all sampled from their conditional distributions in every sweep.
///
/// Source: Lakshminarayanan, Bouchard & Archambeau 2011, "Robust Bayesian Matrix Factorisation", section 3.
struct NoiseModel {
    private(set) var precision = 2.0
    private(set) var users: [Double]
    private(set) var items: [Double]
    /// The numbers of ratings of each user and item.
    private let userCounts: [Double]
    private let itemCounts: [Double]

    /// The shape and rate of a_u and a_i: larger values keep them closer to 1.
    private static let concentration = 8.0

    init(_ places: RatingPlaces, users: Int, items: Int) {
        self.users = Array(repeating: 1, count: users)
        self.items = Array(repeating: 1, count: items)
        userCounts = Self.counts(places.users, users)
        itemCounts = Self.counts(places.items, items)
    }

    /// - Parameters:
    ///   - users: Σ a_i·(r − r̂)² per user, with the current item weights.
    ///   - items: Σ a_u·(r − r̂)² per item, given the user weights.
    mutating func draw(
        users: [Double], items: (_ weights: [Double]) -> [Double], threads: Int,
        using generator: inout SeededGenerator
    ) {
        let weighted = zip(self.users, users).reduce(0) { $0 + $1.0 * $1.1 }
        precision = generator.gamma(shape: 1 + userCounts.reduce(0, +) / 2, rate: 1 + weighted / 2)
        self.users = draw(users, userCounts, threads, SeededGenerator(seed: generator.next()))
        self.items = draw(items(self.users), itemCounts, threads, SeededGenerator(seed: generator.next()))
    }

    private static func counts(_ rows: [Int32], _ count: Int) -> [Double] {
        rows.reduce(into: Array(repeating: 0, count: count)) { $0[Int($1)] += 1 }
    }

    /// Samples for all rows in parallel, each from its own generator.
    private func draw(
        _ squares: [Double], _ counts: [Double], _ threads: Int, _ generators: SeededGenerator
    ) -> [Double] {
        let precision = precision
        let offsets = [0] + Parallel.ranges(counts.count, of: 128).map(\.upperBound)
        return Parallel.fill(offsets, threads: threads, workspace: {}) { part, _, numbers in
            for index in numbers.indices {
                let row = offsets[part] + index
                var generator = generators.branch(row)
                numbers[index] = generator.gamma(
                    shape: Self.concentration + counts[row] / 2,
                    rate: Self.concentration + precision * squares[row] / 2)
            }
        }
    }
}

/// The user and the item of every rating, in the order of the ratings by user.
struct RatingPlaces: Sendable {
    let users: [Int32]
    let items: [Int32]

    init(_ matrix: SparseMatrix<Float>) {
        users = (0..<matrix.rows).flatMap { row in matrix.entries(ofRow: row).map { _ in Int32(row) } }
        items = matrix.columnIndices
    }
}
