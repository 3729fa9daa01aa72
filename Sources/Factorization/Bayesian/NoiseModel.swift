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
    /// The numbers of ratings of each user and item.
    private let userCounts: [Double]
    private let itemCounts: [Double]

    /// The shape and rate of a_u and a_i: the larger, the nearer to 1 they stay.
    private static let concentration = 8.0

    init(_ places: RatingPlaces, users: Int, items: Int) {
        self.users = Array(repeating: 1, count: users)
        self.items = Array(repeating: 1, count: items)
        userCounts = Self.sums(places.users, count: users) { _ in 1 }
        itemCounts = Self.sums(places.items, count: items) { _ in 1 }
    }

    /// ω = a_u·a_i.
    func weight(user: Int, item: Int) -> Float { Float(users[user] * items[item]) }

    /// - Parameters:
    ///   - squares: (r − r̂)² of every rating.
    ///   - weighted: Σ ω·(r − r̂)².
    mutating func draw(
        _ places: RatingPlaces, squares: [Double], weighted: Double, using generator: inout SeededGenerator
    ) {
        precision = generator.gamma(shape: 1 + Double(squares.count) / 2, rate: 1 + weighted / 2)
        let byUser = Self.sums(places.users, count: users.count) { [items, precision] place in
            precision * items[Int(places.items[place])] * squares[place]
        }
        users = Self.draw(byUser, userCounts, using: &generator)
        let byItem = Self.sums(places.items, count: items.count) { [users, precision] place in
            precision * users[Int(places.users[place])] * squares[place]
        }
        items = Self.draw(byItem, itemCounts, using: &generator)
    }

    /// Σ of a term over the places of each row.
    private static func sums(_ rows: [Int32], count: Int, _ term: (_ place: Int) -> Double) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        for (place, row) in rows.enumerated() { sums[Int(row)] += term(place) }
        return sums
    }

    private static func draw(
        _ sums: [Double], _ counts: [Double], using generator: inout SeededGenerator
    ) -> [Double] {
        zip(sums, counts).map { sum, count in
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
