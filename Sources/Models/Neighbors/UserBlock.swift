public import LinearAlgebra

/// A block of users: whole rows of the rating matrix with their global ids.
public struct UserBlock: Sendable {
    /// The index of each row's user among all users, ascending.
    public let ids: [Int32]
    /// Shape (users of the block, items): all ratings of these users.
    public let ratings: SparseMatrix<Float>

    /// The number of users.
    public var count: Int { ids.count }

    /// - Parameters:
    ///   - ids: strictly ascending, one per row.
    ///   - ratings: the columns are all items.
    public init(ids: [Int32], ratings: SparseMatrix<Float>) {
        precondition(ids.count == ratings.rows, "one id per row")
        precondition(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, "ids ascend")
        self.ids = ids
        self.ratings = ratings
    }
}

/// What a measure needs to know of the ratings of all users.
public struct RatingStatistics: Sendable, Equatable {
    /// The number of users, also of those without ratings.
    public let users: Int
    /// The number of ratings.
    public let ratings: Int
    /// The number of ratings of each item; only item weights need it, and it may be empty without them.
    public let itemCounts: [Int]

    /// Creates statistics of a whole rating matrix.
    public init(users: Int, ratings: Int, itemCounts: [Int]) {
        self.users = users
        self.ratings = ratings
        self.itemCounts = itemCounts
    }
}
