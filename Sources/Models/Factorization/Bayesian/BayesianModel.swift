public import LinearAlgebra
public import Ratings

/// The result of Bayesian factorization: a normal distribution of the vector of every user and item.
///
/// r̂_ui = μ + E[z_u]·E[y_i], clamped to the rating scale; the variance is ŷᵀ·Σ_u·ŷ + ẑᵀ·Σ_i·ẑ + tr(Σ_u·Σ_i) plus the
/// noise, with ẑ = (factors, 1) as seen by the other side. Users and items unseen in training are treated as average,
/// with the spread of those in training.
public struct BayesianModel: UncertainPredictor, FactorRecommender {
    /// μ.
    public let mean: Double
    /// The posterior of the user vectors.
    public let users: PosteriorVectors
    /// The posterior of the item vectors.
    public let items: PosteriorVectors
    /// The posterior of the noise.
    public let spread: NoisePosterior
    /// nil without times.
    public let hours: HourPosterior?
    /// The configuration of the fit.
    public let configuration: BayesianConfiguration
    /// Predictions are clamped to it.
    public let scale: RatingScale?
    private let averageUser: Average
    private let averageItem: Average

    /// Creates a model from its posterior.
    public init(
        mean: Double, users: PosteriorVectors, items: PosteriorVectors, spread: NoisePosterior, hours: HourPosterior?,
        configuration: BayesianConfiguration, scale: RatingScale?
    ) {
        self.mean = mean
        self.users = users
        self.items = items
        self.spread = spread
        self.hours = hours
        self.configuration = configuration
        self.scale = scale
        averageUser = Average(users)
        averageItem = Average(items)
    }

    public func prediction(user: Int?, item: Int?) -> Double { prediction(user: user, item: item, time: nil) }

    public func prediction(user: Int?, item: Int?, time: Int64?) -> Double {
        scale.clamped(expectation(user, item) + (hours?.bias(user: user, time: time).mean ?? 0))
    }

    public func distribution(user: Int?, item: Int?, time: Int64?) -> RatingDistribution {
        let hour = hours?.bias(user: user, time: time) ?? (mean: 0, variance: 0)
        let (covariances, index) = user.map { (users.covariances, $0) } ?? (averageUser.covariance, 0)
        return distribution(
            vector(user, users), covariances, index, userNoise: user.map { Double(spread.users[$0]) } ?? 1,
            item: item, hour)
    }

    /// Mean and standard deviation for a user outside the training data, from their ratings.
    public func distribution(foldingIn ratings: UserRatings, item: Int) throws -> RatingDistribution {
        let guest = try folded(ratings)
        return distribution(
            guest.vector, guest.covariance, 0, userNoise: 1, item: item, (mean: 0, hours?.unseenVariance ?? 0))
    }

    private func distribution(
        _ own: [Float], _ covariances: MatrixStack, _ index: Int, userNoise: Double, item: Int?,
        _ hour: (mean: Double, variance: Double)
    ) -> RatingDistribution {
        let other = vector(item, items)
        let (otherCovariances, otherIndex) = item.map { (items.covariances, $0) } ?? (averageItem.covariance, 0)
        let ofUser = covariances.quadraticForm(index, seen(other))
        let ofItem = otherCovariances.quadraticForm(otherIndex, seen(own))
        let ofBoth = covariances.traceOfProduct(index, otherCovariances, otherIndex, rank: configuration.rank)
        let noise = spread.variance * userNoise * (item.map { Double(spread.items[$0]) } ?? 1)
        return RatingDistribution(
            mean: mean + Self.product(own, other) + hour.mean,
            standardDeviation: max(0, ofUser + ofItem + ofBoth + noise + hour.variance).squareRoot())
    }

    public func predictions(foldingIn ratings: UserRatings, items: [Int]) throws -> [Double] {
        let guest = try folded(ratings).vector
        return items.map { scale.clamped(mean + Self.product(guest, Array(self.items.means.row($0)))) }
    }

    /// Predictions without μ and the user's bias, not clamped to the scale.
    public func scores(user: Int?) -> [Float] { scores(vector(user, users)) }

    public var itemVectors: DenseMatrix<Float> { items.means }

    public func vector(user: Int) -> [Float]? { seen(vector(user, users)) }

    public func scores(user: Int, items some: [Int32]) -> [Float] {
        items.means.products(ofRows: some, with: seen(vector(user, users)))
    }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] { scores(try folded(ratings).vector) }

    /// Posterior mean and covariance of a user's vector, given the ratings and the posterior of the items.
    ///
    /// The prior is the distribution of the training users; A = Σ⁻¹ + Σ ω·E[x·xᵀ] and b = Σ ω·t·E[x], with E[x·xᵀ] =
    /// x̂·x̂ᵀ + Σ_i.
    private func folded(_ ratings: UserRatings) throws -> (vector: [Float], covariance: MatrixStack) {
        let order = items.means.columns
        var equations = NormalEquations(order: order, solver: configuration.solver)
        equations.begin(base: averageUser.precision)
        let features = NormalEquations.Features(vectors: items.means, areBiased: true)
        let weights = ratings.items.map { 1 / (Float(spread.variance) * spread.items[Int($0)]) }
        equations.add(ratings.items[...], of: features) { (ratings.values[$0] - Float(mean), weights[$0]) }
        for (item, weight) in zip(ratings.items, weights) {
            // An item's bias is part of the target, so only its factors make the features uncertain.
            var covariance = items.covariances.matrix(Int(item))
            for index in 0..<order {
                covariance[index, order - 1] = 0
                covariance[order - 1, index] = 0
            }
            equations.add(covariance, times: weight)
        }
        var covariance = equations.gramian
        try covariance.invertCholesky()
        try equations.solve()
        return (equations.solution, MatrixStack(count: 1, order: order, elements: Array(covariance.storage)))
    }

    private func scores(_ vector: [Float]) -> [Float] {
        items.means.times(seen(vector))
    }

    private func expectation(_ user: Int?, _ item: Int?) -> Double {
        mean + Self.product(vector(user, users), vector(item, items))
    }

    private func vector(_ row: Int?, _ side: PosteriorVectors) -> [Float] {
        // The means over all ratings are 0 in every coordinate.
        row.map { Array(side.means.row($0)) } ?? Array(repeating: 0, count: side.means.columns)
    }

    /// Factors with a 1 in place of the bias.
    private func seen(_ vector: [Float]) -> [Float] {
        var seen = vector
        seen[seen.count - 1] = 1
        return seen
    }

    /// p·q + both biases.
    private static func product(_ own: [Float], _ other: [Float]) -> Double {
        let rank = own.count - 1
        let factors = (0..<rank).reduce(0.0) { $0 + Double(own[$1]) * Double(other[$1]) }
        return factors + Double(own[rank]) + Double(other[rank])
    }
}

/// The average row of a side, with the spread of all rows.
private struct Average: Sendable {
    /// A stack of one.
    let covariance: MatrixStack
    /// Its inverse.
    let precision: DenseMatrix<Float>

    init(_ side: PosteriorVectors) {
        let order = side.means.columns
        let share = 1 / Float(max(1, side.means.rows))
        var covariance = MatrixStack(count: 1, order: order)
        for row in 0..<side.means.rows { covariance.addOuter(side.means.row(row), times: share, to: 0) }
        var sum = covariance.matrix(0)
        for row in 0..<side.means.rows { side.covariances.add(row, times: share, to: &sum) }
        // A ten-thousandth keeps the matrix invertible if a coordinate hardly varies.
        for index in 0..<order { sum[index, index] += 1e-4 }
        self.covariance = MatrixStack(count: 1, order: order, elements: Array(sum.storage))
        var inverse = sum
        do { try inverse.invertCholesky() } catch { inverse = DenseMatrix(rows: order, columns: order) }
        precision = inverse
    }
}
