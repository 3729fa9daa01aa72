public import Ratings

/// Ratings to learn from, with what is known beside them, and ratings to test on.
public struct ComparisonFold: Sendable {
    /// Training ratings, with what is known about their users and items.
    public let train: Dataset
    /// Test ratings.
    public let test: RatingMatrix

    /// - Parameter test: its vocabularies may differ from those of `train`.
    public init(train: Dataset, test: RatingMatrix) {
        self.train = train
        self.test = test
    }

    /// A split of the ratings of a data set.
    public init(_ split: RatingSplit, of dataset: Dataset) {
        self.init(train: dataset.with(split.train), test: split.test)
    }
}

extension ComparisonFold {
    /// The number of test ratings whose user and item have a training rating too: models have seen them, so their error
    /// says little.
    ///
    /// - Complexity: O(test ratings · log(ratings of a user)).
    public var seenCount: Int {
        let ratings = train.ratings
        let items = (0..<test.items.count).map { ratings.items.index(of: test.items[$0]) }
        return (0..<test.users.count).reduce(0) { sum, place in
            guard let user = ratings.users.index(of: test.users[place]) else { return sum }
            return sum
                + test.ratings(ofUser: place).count { item, _ in
                    items[Int(item)].map { ratings.rating(user: user, item: $0) != nil } ?? false
                }
        }
    }

    /// - Parameter number: of the fold, from 1.
    func validate(_ number: Int) throws(ComparisonError) {
        if train.ratings.count == 0 { throw .emptyTrain(fold: number) }
        if test.count == 0 { throw .emptyTest(fold: number) }
        try Self.requireShared("user", train.ratings.users, test.users, number)
        try Self.requireShared("item", train.ratings.items, test.items, number)
    }

    private static func requireShared(
        _ side: String, _ train: Vocabulary, _ test: Vocabulary, _ number: Int
    ) throws(ComparisonError) {
        guard !(0..<test.count).contains(where: { train.index(of: test[$0]) != nil }) else { return }
        func first(_ ids: Vocabulary) -> [String] { (0..<min(3, ids.count)).map { ids[$0] } }
        throw .noSharedIDs(fold: number, side: side, train: first(train), test: first(test))
    }
}

/// What is wrong with the ratings to compare models on.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
    /// A fold, counted from 1, has no training ratings.
    case emptyTrain(fold: Int)
    /// A fold, counted from 1, has no test ratings.
    case emptyTest(fold: Int)
    /// No user, or no item, of a fold's test ratings is among those of its training ratings.
    case noSharedIDs(fold: Int, side: String, train: [String], test: [String])
    /// The comparison was ended early on request.
    case cancelled

    public var description: String {
        switch self {
        case .emptyTrain(let fold): "fold \(fold) has no ratings to learn from; use fewer folds or a smaller hold-out"
        case .emptyTest(let fold): "fold \(fold) has no ratings to test on; use fewer folds or a larger hold-out"
        case .noSharedIDs(let fold, let side, let train, let test):
            """
            fold \(fold): no \(side) of the test ratings is in the training ratings; training has \
            \(train.joined(separator: ", ")), test has \(test.joined(separator: ", ")). Use files with the same IDs, and \
            check that the columns of user and item are the same in both
            """
        case .cancelled: "the comparison was cancelled"
        }
    }
}
