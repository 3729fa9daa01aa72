import LinearAlgebra
import RealModule

/// Ratings by users of planted communities, made one user at a time.
///
/// - Users are as active as a lognormal distribution has it, none with fewer than 20 ratings where there are enough.
/// - Items are as popular as another, wider one has it, so that a few are rated by a third of the users and half by few.
/// - Every user and every item belongs to one community. A rating goes to an item of the user's own community with
///   probability 1 − `mixing`, else to any item, in both cases by popularity; no user rates an item twice.
/// - Ratings are half stars from 0.5 to 5: the item's quality and the user's temper around 3.3, half a star more in the own
///   community, and noise.
///
/// - Complexity: O(ratings) time but for users who rate much of the catalogue; O(users + items) memory.
public struct SyntheticRatings: Sendable {
    /// One rating; user and item are indices from 0.
    public struct Row: Sendable, Equatable {
        public let user: Int
        public let item: Int
        /// In half stars, 1…10.
        public let halfStars: Int
        /// Seconds since 1970.
        public let timestamp: Int
    }

    public let shape: SyntheticShape
    /// The planted community of each user and of each item.
    public let userCommunities: [Int]
    public let itemCommunities: [Int]
    private let counts: [Int]
    private let popularity: [Double]
    private let quality: [Double]
    private let everything: WeightedItems
    private let byCommunity: [WeightedItems]
    private let mixing: Double
    private let seed: UInt64

    /// The σ of the logarithm of activity.
    private static let activitySpread = 1.1

    /// - Parameters:
    ///   - communities: how many are planted, ≥ 1.
    ///   - mixing: the share of ratings that do not look at communities, 0…1.
    public init(_ shape: SyntheticShape, communities: Int, mixing: Double, seed: UInt64) {
        precondition(communities >= 1 && (0...1).contains(mixing), "communities and mixing")
        var generator = SeededGenerator(seed: seed)
        self.shape = shape
        self.mixing = mixing
        userCommunities = (0..<shape.users).map { _ in generator.next(below: communities) }
        itemCommunities = (0..<shape.items).map { _ in generator.next(below: communities) }
        popularity = (0..<shape.items).map { _ in Self.popularity(generator.normal(), items: shape.items) }
        quality = (0..<shape.items).map { _ in 0.5 * generator.normal() }
        counts = Self.activity(of: shape, using: &generator)
        everything = WeightedItems(Array(0..<shape.items), weights: popularity)
        var members = [[Int]](repeating: [], count: communities)
        for (item, community) in itemCommunities.enumerated() { members[community].append(item) }
        byCommunity = members.map { [popularity] in WeightedItems($0, weights: popularity) }
        self.seed = generator.next()
    }

    /// The ratings of one user in the order of their times; the same whenever they are asked for.
    public func rows(ofUser user: Int) -> [Row] {
        var generator = SeededGenerator(seed: seed &+ UInt64(user) &* 0x9E37_79B9_7F4A_7C15)
        let temper = 0.3 * generator.normal()
        var time = 946_684_800 + generator.next(below: 600_000_000)
        return items(ofUser: user, using: &generator).map { item in
            let affinity = itemCommunities[item] == userCommunities[user] ? 0.5 : 0
            let stars = 3.3 + quality[item] + temper + affinity + 0.8 * generator.normal()
            time += 1 + generator.next(below: 600)
            return Row(
                user: user, item: item, halfStars: min(10, max(1, Int((2 * stars).rounded()))), timestamp: time)
        }
    }

    /// The chance of an item to be drawn, from a normal deviate: lognormal among the unpopular, flatter among the popular,
    /// for no film is seen by everybody. The larger the catalogue, the wider it is.
    ///
    /// From 10,000 items on the middle moves down, as it did in MovieLens when anything could be added: at 20M the most rated
    /// film has half of the users (there 49 %) and the middle one of those rated 30 ratings (there 18).
    private static func popularity(_ deviate: Double, items: Int) -> Double {
        let spread = 0.31 * Double.log(Double(items))
        let excess = max(0, Double.log(Double(items) / 10_000))
        let flattening = deviate > 0 ? (0.25 + 0.12 * excess) * deviate * deviate : 0
        return .exp(spread * deviate + 0.7 * excess * abs(deviate) - flattening)
    }

    /// How many ratings each user has: at least a minimum, together as many as the shape asks for.
    private static func activity(
        of shape: SyntheticShape, using generator: inout SeededGenerator
    ) -> [Int] {
        let least = max(1, min(20, shape.ratings / (2 * shape.users)))
        let most = max(least, shape.items * 7 / 10)
        let weights = (0..<shape.users).map { _ in Double.exp(activitySpread * generator.normal()) }
        func counts(_ scale: Double) -> [Int] {
            weights.map { min(most, least + Int(min(1e9, scale * $0))) }
        }
        var low = 0.0
        var high = Double(shape.ratings)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if counts(middle).reduce(0, +) <= shape.ratings { low = middle } else { high = middle }
        }
        var result = counts(low)
        var rest = shape.ratings - result.reduce(0, +)
        while rest > 0 {
            for user in result.indices where rest > 0 && result[user] < most {
                result[user] += 1
                rest -= 1
            }
        }
        return result
    }

    private func items(ofUser user: Int, using generator: inout SeededGenerator) -> [Int] {
        let own = byCommunity[userCommunities[user]]
        // Whoever rates an eighth of everything would draw what they have already too often.
        if counts[user] > shape.items / 8 { return largestKeys(ofUser: user, own, using: &generator) }
        var drawn: Set<Int> = []
        var order: [Int] = []
        var attempts = 0
        while order.count < counts[user] {
            attempts += 1
            if attempts > 50 * counts[user] { return largestKeys(ofUser: user, own, using: &generator) }
            let isOwn = !own.items.isEmpty && generator.uniform() >= mixing
            let item = (isOwn ? own : everything).draw(using: &generator)
            if drawn.insert(item).inserted { order.append(item) }
        }
        return order
    }

    /// The same draw without replacement in one sweep of all items: those with the largest u^(1/weight).
    ///
    /// Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003.
    private func largestKeys(
        ofUser user: Int, _ own: WeightedItems, using generator: inout SeededGenerator
    ) -> [Int] {
        let ownShare = own.total > 0 ? (1 - mixing) / own.total : 0
        let keys = (0..<shape.items).map { item -> Double in
            let isOwn = itemCommunities[item] == userCommunities[user]
            // A chance of zero still leaves an order among the items that nobody would draw.
            let chance = (isOwn ? ownShare : 0) + mixing / everything.total + 1e-12
            return Double.log(1 - generator.uniform()) / (chance * popularity[item])
        }
        let order = (0..<shape.items).sorted { (keys[$1], $0) < (keys[$0], $1) }
        return Array(order.prefix(counts[user]))
    }
}

/// Items to draw from by weight.
private struct WeightedItems: Sendable {
    let items: [Int]
    /// The running sums of the weights.
    private let sums: [Double]

    init(_ items: [Int], weights: [Double]) {
        self.items = items
        var sum = 0.0
        sums = items.map { item in
            sum += weights[item]
            return sum
        }
    }

    var total: Double { sums.last ?? 0 }

    func draw(using generator: inout SeededGenerator) -> Int {
        let target = generator.uniform() * total
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return items[low]
    }
}
