import LinearAlgebra
public import Ratings

/// The way in which ratings are held out, so that options are chosen on splits like those that models are judged on.
public enum HoldOut: Sendable, Equatable, CustomStringConvertible {
    /// A share of all ratings, at random.
    case random(Double)
    /// A share of the ratings of a share of the users, at random.
    case users(Double, share: Double)
    /// So many latest ratings of every user.
    case latest(Int)
    /// The latest share of all ratings.
    case time(Double)

    /// A split inside some ratings.
    ///
    /// The random ones are drawn anew for each number. By time, the next goes on inside the training part of the one before:
    /// what is tested is always later than what is learned from.
    ///
    /// - Parameter number: from 0.
    /// - Throws: `RatingsError` without timestamps to split by, or where nothing is left to learn from or to test on.
    public func split(_ ratings: RatingMatrix, number: Int, seed: UInt64) throws(RatingsError) -> RatingSplit {
        let split = try drawn(ratings, number: number, seed: seed)
        guard split.train.count > 0, split.test.count > 0 else {
            throw .emptySplit("\(self)", train: split.train.count, test: split.test.count)
        }
        return split
    }

    private func drawn(_ ratings: RatingMatrix, number: Int, seed: UInt64) throws(RatingsError) -> RatingSplit {
        let own = seed &+ UInt64(number + 1) &* 0x9E37_79B9
        switch self {
        case .random(let share): return ratings.validationSplit(share, seed: own)
        case .users(let users, let share): return ratings.holdout(share, ofUsers: users, seed: own)
        case .latest(let count):
            return try Self.rolling(ratings, number) { ratings throws(RatingsError) in
                try ratings.leaveLastOut(count)
            }
        case .time(let share):
            return try Self.rolling(ratings, number) { ratings throws(RatingsError) in
                try ratings.timeSplit(share)
            }
        }
    }

    private static func rolling(
        _ ratings: RatingMatrix, _ number: Int, _ split: (RatingMatrix) throws(RatingsError) -> RatingSplit
    ) throws(RatingsError) -> RatingSplit {
        var last = try split(ratings)
        for _ in 0..<number { last = try split(last.train) }
        return last
    }

    /// As a split of test ratings holds out from training ratings: only who has test ratings counts, and how many.
    ///
    /// 462 of 943 users with test ratings, half of theirs: that of `users(0.49, share: 0.5)`.
    public init(like split: RatingSplit) {
        let (train, test) = (split.train, split.test)
        var (users, own) = (0, 0)
        for user in 0..<test.users.count where !test.byUser.entries(ofRow: user).isEmpty {
            users += 1
            own += train.users.index(of: test.users[user]).map { train.byUser.entries(ofRow: $0).count } ?? 0
        }
        let all = max(users, train.users.count)
        let share = Double(test.count) / Double(max(1, test.count + own))
        self = .users(Double(users) / Double(max(1, all)), share: min(0.9, max(0.01, share)))
    }

    public var description: String {
        switch self {
        case .random(let share): "\(share) of the ratings"
        case .users(let users, let share): "\(share) of the ratings of \(users) of the users"
        case .latest(let count): "the latest \(count) of each user"
        case .time(let share): "the latest \(share) of the ratings"
        }
    }
}
