/// How many users, items and ratings a synthetic data set has.
public struct SyntheticShape: Sendable, Equatable {
    public let users: Int
    public let items: Int
    public let ratings: Int

    /// The shapes of the MovieLens generations by their names.
    public static let named: [(name: String, shape: SyntheticShape)] = [
        ("100k", SyntheticShape(users: 943, items: 1682, ratings: 100_000)),
        ("1m", SyntheticShape(users: 6040, items: 3706, ratings: 1_000_209)),
        ("10m", SyntheticShape(users: 69_878, items: 10_677, ratings: 10_000_054)),
        ("20m", SyntheticShape(users: 138_493, items: 26_744, ratings: 20_000_263)),
        ("25m", SyntheticShape(users: 162_541, items: 59_047, ratings: 25_000_095)),
    ]

    private init(users: Int, items: Int, ratings: Int) {
        self.users = users
        self.items = items
        self.ratings = ratings
    }

    /// The most users or items, whose tables then take about a gigabyte.
    private static let most = 10_000_000

    /// Reads `100k` … `25m`, or `USERSxITEMSxRATINGS` such as `2000x1500x120000`.
    ///
    /// - Throws: `SyntheticShapeError` where it is neither, or where there are fewer ratings than users or more than half of
    ///   all pairs.
    public init(_ text: String) throws(SyntheticShapeError) {
        if let named = Self.named.first(where: { $0.name == text.lowercased() }) {
            self = named.shape
            return
        }
        let numbers = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.count == 3, numbers.allSatisfy({ 0 < $0 && $0 <= Int(Int32.max) }) else {
            throw .unreadable(text)
        }
        guard numbers[0] <= Self.most, numbers[1] <= Self.most else { throw .unreadable(text) }
        self.init(users: numbers[0], items: numbers[1], ratings: numbers[2])
        if ratings < users { throw .tooFew(self) }
        if ratings > users * items / 2 { throw .tooMany(self) }
    }
}

/// What is wrong with the shape of a synthetic data set.
public enum SyntheticShapeError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    case tooFew(SyntheticShape)
    case tooMany(SyntheticShape)

    public var description: String {
        switch self {
        case .unreadable(let text):
            "\"\(text)\" is no shape; write 100k, 1m, 10m, 20m, 25m or USERSxITEMSxRATINGS, as in 2000x1500x120000"
        case .tooFew(let shape): "\(shape.ratings) ratings are fewer than one for each of \(shape.users) users"
        case .tooMany(let shape):
            "\(shape.ratings) ratings are more than half of all \(shape.users * shape.items) pairs of users and items"
        }
    }
}
