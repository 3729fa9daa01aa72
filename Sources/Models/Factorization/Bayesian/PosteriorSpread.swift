/// Running moments of the noise and of the hour biases.
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
