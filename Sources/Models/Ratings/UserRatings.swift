import LinearAlgebra

/// The ratings of one user, possibly outside the training data: the input of a fold-in.
public struct UserRatings: Sendable, Equatable {
    /// Item indices of the training vocabulary, ascending.
    public let items: [Int32]
    /// One per item.
    public let values: [Float]

    /// The number of ratings.
    public var count: Int { items.count }

    /// - Parameter ratings: in any order, each item at most once.
    public init(_ ratings: some Sequence<(item: Int, rating: Float)>) {
        let sorted = ratings.sorted { $0.item < $1.item }
        precondition(zip(sorted, sorted.dropFirst()).allSatisfy { $0.item < $1.item }, "an item rated twice")
        items = sorted.map { Int32($0.item) }
        values = sorted.map(\.rating)
    }

    init(items: [Int32], values: [Float]) {
        self.items = items
        self.values = values
    }
}

extension RatingMatrix {
    /// The ratings of one user as a separate value.
    public func userRatings(_ user: Int) -> UserRatings {
        let row = byUser.entries(ofRow: user)
        return UserRatings(items: Array(byUser.columnIndices[row]), values: Array(byUser.values[row]))
    }
}
