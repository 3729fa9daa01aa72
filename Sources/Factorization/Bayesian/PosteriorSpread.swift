/// What the draws say of the noise and of the hours, summed up as they come.
struct PosteriorSpread {
    private var count = 0.0
    private var noise = 0.0
    private var users: [Double]
    private var items: [Double]
    private var hours: [Double]
    private var hourSquares: [Double]
    private var unseen = 0.0

    init(users: Int, items: Int, hours: Int) {
        self.users = Array(repeating: 0, count: users)
        self.items = Array(repeating: 0, count: items)
        self.hours = Array(repeating: 0, count: hours)
        hourSquares = self.hours
    }

    mutating func add(_ draw: NoiseModel, _ biases: HourBiases?) {
        count += 1
        noise += 1 / draw.precision
        for (user, value) in draw.users.enumerated() { users[user] += 1 / value }
        for (item, value) in draw.items.enumerated() { items[item] += 1 / value }
        guard let biases else { return }
        unseen += 1 / biases.precision
        for (hour, value) in biases.values.enumerated() {
            hours[hour] += value
            hourSquares[hour] += value * value
        }
    }

    var means: NoisePosterior {
        NoisePosterior(
            variance: noise / count, users: users.map { Float($0 / count) }, items: items.map { Float($0 / count) })
    }

    /// Mean and variance of each hour's bias.
    var hourMeans: [(mean: Float, variance: Float)] {
        zip(hours, hourSquares).map { sum, squares in
            let mean = sum / count
            return (Float(mean), Float(max(0, squares / count - mean * mean)))
        }
    }

    /// The variance of the bias of an hour without training ratings.
    var unseenHour: Double { unseen / count }
}

/// The variance of a rating around its prediction: `variance` · what the user and the item are times as noisy.
public struct NoisePosterior: Sendable, Equatable {
    /// E[1/α], in squared units of the rating.
    public let variance: Double
    /// E[1/a_u].
    public let users: [Float]
    /// E[1/a_i].
    public let items: [Float]

    public init(variance: Double, users: [Float], items: [Float]) {
        self.variance = variance
        self.users = users
        self.items = items
    }
}

/// Mean and variance of the biases of the hours.
public struct HourPosterior: Sendable, Equatable {
    let hours: UserHours
    public let means: [Float]
    public let variances: [Float]
    public let unseenVariance: Double

    init(hours: UserHours, _ moments: [(mean: Float, variance: Float)], unseenVariance: Double) {
        self.hours = hours
        means = moments.map(\.mean)
        variances = moments.map(\.variance)
        self.unseenVariance = unseenVariance
    }

    /// From arrays as `offsets` and `startHours` give them.
    public init(
        offsets: [Int], startHours: [Int64], means: [Float], variances: [Float], unseenVariance: Double
    ) {
        precondition(offsets.last == startHours.count && means.count == startHours.count, "a mean for every hour")
        precondition(variances.count == means.count, "a variance for every hour")
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
