public import LinearAlgebra

/// The posterior of the vectors of one side: factors, then the bias.
public struct PosteriorVectors: Sendable {
    /// Shape (rows, rank + 1).
    public let means: DenseMatrix<Float>
    /// One per row, of order rank + 1.
    public let covariances: MatrixStack

    /// Creates a posterior from means and covariances of the same rows.
    public init(means: DenseMatrix<Float>, covariances: MatrixStack) {
        precondition(means.rows == covariances.count && means.columns == covariances.order, "shapes of a posterior")
        self.means = means
        self.covariances = covariances
    }
}

/// The variance of a rating around its prediction: `variance` times the noise factors of user and item.
public struct NoisePosterior: Sendable, Equatable {
    /// E[1/α], in squared units of the rating.
    public let variance: Double
    /// E[1/a_u].
    public let users: [Float]
    /// E[1/a_i].
    public let items: [Float]

    /// Creates a posterior of the noise.
    public init(variance: Double, users: [Float], items: [Float]) {
        self.variance = variance
        self.users = users
        self.items = items
    }
}

/// Mean and variance of the biases of the hours.
public struct HourPosterior: Sendable, Equatable {
    let hours: UserHours
    /// The mean of each bias.
    public let means: [Float]
    /// The variance of each bias.
    public let variances: [Float]
    /// The variance of the bias of an hour without training ratings.
    public let unseenVariance: Double

    init(hours: UserHours, _ moments: [(mean: Float, variance: Float)], unseenVariance: Double) {
        self.hours = hours
        means = moments.map(\.mean)
        variances = moments.map(\.variance)
        self.unseenVariance = unseenVariance
    }

    /// From the arrays `offsets` and `startHours`.
    public init(
        offsets: [Int], startHours: [Int64], means: [Float], variances: [Float], unseenVariance: Double
    ) {
        precondition(offsets.last == startHours.count && means.count == startHours.count, "one mean per hour")
        precondition(variances.count == means.count, "one variance per hour")
        hours = UserHours(offsets: offsets, hours: startHours)
        self.means = means
        self.variances = variances
        self.unseenVariance = unseenVariance
    }

    /// The hours of user u are `offsets[u] ..< offsets[u + 1]`.
    public var offsets: [Int] { hours.offsets }
    /// Hours since 1970.
    public var startHours: [Int64] { hours.hours }

    func bias(user: Int?, time: Int64?) -> (mean: Double, variance: Double) {
        guard let user, let time, let index = hours.index(user: user, time: time) else { return (0, unseenVariance) }
        return (Double(means[index]), Double(variances[index]))
    }
}
