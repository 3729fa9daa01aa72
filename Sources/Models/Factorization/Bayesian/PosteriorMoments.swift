import LinearAlgebra

/// Running mean and covariance of every row's vector over the samples; none is stored.
///
/// Rotating the factors, or moving a mean from the factors of one side into the biases of the other or from the biases
/// into μ, leaves a factorization unchanged. So each sample is aligned first: factors and biases are centered over the
/// ratings and rotated onto the mean of the samples so far (orthogonal Procrustes).
struct PosteriorMoments {
    private let userShares: [Double]
    private let itemShares: [Double]
    private var users: Sums
    private var items: Sums
    private var offset = 0.0
    private var count = 0

    private struct Sums {
        var first: DenseMatrix<Float>
        var second: MatrixStack

        init(rows: Int, order: Int) {
            first = DenseMatrix(rows: rows, columns: order)
            second = MatrixStack(count: rows, order: order)
        }
    }

    /// - Parameter places: the ratings, whose counts weight the rows.
    init(_ places: RatingPlaces, users: Int, items: Int, order: Int) {
        userShares = Self.shares(places.users, users)
        itemShares = Self.shares(places.items, items)
        self.users = Sums(rows: users, order: order)
        self.items = Sums(rows: items, order: order)
    }

    private static func shares(_ rows: [Int32], _ count: Int) -> [Double] {
        var shares = [Double](repeating: 0, count: count)
        for row in rows { shares[Int(row)] += 1 / Double(rows.count) }
        return shares
    }

    /// Adds one sample.
    mutating func add(users: DenseMatrix<Float>, items: DenseMatrix<Float>, mean: Double, threads: Int) {
        var (own, other, offset) = (users, items, mean)
        Self.center(&own, userShares, into: &other)
        Self.center(&other, itemShares, into: &own)
        offset += Self.centerBias(&own, userShares) + Self.centerBias(&other, itemShares)
        if count > 0, let rotation = rotation(own, other) {
            own.rotate(rotation, threads: threads)
            other.rotate(rotation, threads: threads)
        }
        Self.add(own, to: &self.users, threads)
        Self.add(other, to: &self.items, threads)
        self.offset += offset
        count += 1
    }

    /// The mean of μ.
    var mean: Double { offset / Double(count) }

    /// Mean and covariance of the users' and the items' vectors.
    var posteriors: (users: PosteriorVectors, items: PosteriorVectors) {
        (Self.posterior(users, count), Self.posterior(items, count))
    }

    /// Centers the factors and moves their mean's products into the other side's biases.
    private static func center(
        _ vectors: inout DenseMatrix<Float>, _ shares: [Double], into other: inout DenseMatrix<Float>
    ) {
        let rank = vectors.columns - 1
        let mean = vectors.columnSums(weights: shares).prefix(rank).map { Float($0) } + [0]
        vectors.subtract(fromRows: mean)
        let products = other.times(mean)
        for row in 0..<other.rows { other[row, rank] += products[row] }
    }

    /// Centers the biases and returns their mean.
    private static func centerBias(_ vectors: inout DenseMatrix<Float>, _ shares: [Double]) -> Double {
        let rank = vectors.columns - 1
        let mean = shares.indices.reduce(0) { $0 + shares[$1] * Double(vectors[$1, rank]) }
        for row in 0..<vectors.rows { vectors[row, rank] -= Float(mean) }
        return mean
    }

    /// The rotation of both sides' factors nearest to the sums so far, which are parallel to their means.
    private func rotation(_ own: DenseMatrix<Float>, _ other: DenseMatrix<Float>) -> DenseMatrix<Double>? {
        let rank = own.columns - 1
        var cross = DenseMatrix<Double>(rows: rank, columns: rank)
        cross.addCross(own, users.first)
        cross.addCross(other, items.first)
        return cross.nearestRotation()
    }

    private static func add(_ draw: DenseMatrix<Float>, to sums: inout Sums, _ threads: Int) {
        sums.first.add(draw, times: 1)
        sums.second.addOuterProducts(of: draw, threads: threads)
    }

    private static func posterior(_ sums: Sums, _ count: Int) -> PosteriorVectors {
        var means = sums.first
        var covariances = sums.second
        let share = 1 / Float(count)
        for row in 0..<means.rows {
            for i in 0..<means.columns { means[row, i] *= share }
            for i in 0..<means.columns {
                for j in 0..<means.columns {
                    covariances[row, i, j] = share * covariances[row, i, j] - means[row, i] * means[row, j]
                }
            }
        }
        return PosteriorVectors(means: means, covariances: covariances)
    }
}
