import LinearAlgebra
import RealModule

/// How precise ratings are: r − r̂ ~ N(0, 1/(α·a_u·a_i)), for some users and items are easier to foresee than others.
///
/// α ~ Gamma(1, 1), a_u and a_i ~ Gamma(8, 8), all drawn from their conditional distributions in every sweep.
///
/// Source: Lakshminarayanan, Bouchard & Archambeau 2011, "Robust Bayesian Matrix Factorisation", section 3.
struct NoiseModel {
    private(set) var precision = 2.0
    private(set) var users: [Double]
    private(set) var items: [Double]

    /// The shape and rate of a_u and a_i: the larger, the nearer to 1 they stay.
    private static let concentration = 8.0

    init(users: Int, items: Int) {
        self.users = Array(repeating: 1, count: users)
        self.items = Array(repeating: 1, count: items)
    }

    /// ω = a_u·a_i of every rating.
    func weights(_ places: RatingPlaces) -> [Float] {
        places.users.indices.map { Float(users[Int(places.users[$0])] * items[Int(places.items[$0])]) }
    }

    /// - Parameter squares: (r − r̂)² of every rating.
    mutating func draw(
        _ places: RatingPlaces, squares: [Double], weights: [Float], using generator: inout SeededGenerator
    ) {
        let weighted = zip(squares, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
        precision = generator.gamma(shape: 1 + Double(squares.count) / 2, rate: 1 + weighted / 2)
        users = draw(places.users, count: users.count, using: &generator) { [items, precision] place in
            precision * items[Int(places.items[place])] * squares[place]
        }
        items = draw(places.items, count: items.count, using: &generator) { [users, precision] place in
            precision * users[Int(places.users[place])] * squares[place]
        }
    }

    private func draw(
        _ rows: [Int32], count: Int, using generator: inout SeededGenerator, _ square: (_ place: Int) -> Double
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        var counts = sums
        for (place, row) in rows.enumerated() {
            sums[Int(row)] += square(place)
            counts[Int(row)] += 1
        }
        return zip(sums, counts).map { sum, count in
            generator.gamma(shape: Self.concentration + count / 2, rate: Self.concentration + sum / 2)
        }
    }
}

/// The user and the item of every rating, in the order of the ratings by user.
struct RatingPlaces: Sendable {
    let users: [Int32]
    let items: [Int32]
    let values: [Double]

    init(_ matrix: SparseMatrix<Float>) {
        users = (0..<matrix.rows).flatMap { row in matrix.entries(ofRow: row).map { _ in Int32(row) } }
        items = matrix.columnIndices
        values = matrix.values.map(Double.init)
    }
}
