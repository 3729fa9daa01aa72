import LinearAlgebra

/// A bias per hour in which a user rated: ratings of one sitting tend to be a little higher or lower together.
///
/// c ~ N(0, 1/λ_c), λ_c ~ Gamma(1, 0.05); an hour without training ratings has the mean 0.
struct HourBiases {
    let hours: UserHours
    /// The bias index of each rating, by place.
    let labels: [Int32]
    private(set) var values: [Double]
    /// λ_c.
    private(set) var precision = 1.0

    init(_ places: RatingPlaces, times: [Int64], userCount: Int) {
        hours = UserHours(places, times: times, userCount: userCount)
        let hours = hours
        labels = zip(places.users, times).map { Int32(hours.index(user: Int($0), time: $1) ?? 0) }
        values = Array(repeating: 0, count: hours.count)
    }

    /// Samples all biases and subtracts them from the errors.
    ///
    /// - Parameter errors: by place, the rating minus all terms but μ and this bias.
    mutating func draw(
        from errors: inout [Float], mean: Double, _ noise: NoiseModel, _ places: RatingPlaces,
        using generator: inout SeededGenerator
    ) {
        let squares = values.reduce(0) { $0 + $1 * $1 }
        precision = generator.gamma(shape: 1 + Double(values.count) / 2, rate: 0.05 + squares / 2)
        var sums = [Double](repeating: 0, count: values.count)
        var counts = sums
        for (place, label) in labels.enumerated() {
            let weight = noise.users[Int(places.users[place])] * noise.items[Int(places.items[place])]
            sums[Int(label)] += weight * (Double(errors[place]) - mean)
            counts[Int(label)] += weight
        }
        values = zip(sums, counts).map { sum, count in
            let total = precision + noise.precision * count
            return noise.precision * sum / total + generator.normal() / total.squareRoot()
        }
        for (place, label) in labels.enumerated() { errors[place] -= Float(values[Int(label)]) }
    }
}

/// The hours in which each user rated, in the order of users and hours.
struct UserHours: Sendable, Equatable {
    /// The hours of user u are `offsets[u] ..< offsets[u + 1]`.
    let offsets: [Int]
    /// Hours since 1970, ascending for each user.
    let hours: [Int64]

    var count: Int { hours.count }

    init(offsets: [Int], hours: [Int64]) {
        self.offsets = offsets
        self.hours = hours
    }

    /// - Parameter places: by user.
    init(_ places: RatingPlaces, times: [Int64], userCount: Int) {
        var byUser = [Set<Int64>](repeating: [], count: userCount)
        for (user, time) in zip(places.users, times) { byUser[Int(user)].insert(Self.hour(time)) }
        offsets = byUser.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        hours = byUser.flatMap { $0.sorted() }
    }

    /// The index of an hour, or nil if the user did not rate in it.
    func index(user: Int, time: Int64) -> Int? {
        let own = hours[offsets[user]..<offsets[user + 1]]
        let hour = Self.hour(time)
        var (low, high) = (own.startIndex, own.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if own[middle] < hour { low = middle + 1 } else { high = middle }
        }
        return low < own.endIndex && own[low] == hour ? low : nil
    }

    private static func hour(_ time: Int64) -> Int64 { time >= 0 ? time / 3_600 : (time - 3_599) / 3_600 }
}
