import LinearAlgebra

/// Ratings to learn from and ratings to test on, in the same vocabularies.
public struct RatingSplit: Sendable {
    public let train: RatingMatrix
    public let test: RatingMatrix

    public init(train: RatingMatrix, test: RatingMatrix) {
        self.train = train
        self.test = test
    }
}

extension RatingMatrix {
    /// k-fold splits: every rating is tested in one fold and learned from in the others.
    ///
    /// The ratings are shuffled and dealt out in turn, so the folds differ by one rating at most.
    ///
    /// - Parameter count: k ≥ 2.
    /// - Complexity: O(k · ratings) time and memory.
    public func folds(_ count: Int, seed: UInt64) -> [RatingSplit] {
        precondition(count >= 2, "at least two folds")
        var generator = SeededGenerator(seed: seed)
        var foldOfEntry = [Int](repeating: 0, count: self.count)
        for (place, entry) in (0..<self.count).shuffled(using: &generator).enumerated() {
            foldOfEntry[entry] = place % count
        }
        return (0..<count).map { fold in split { foldOfEntry[$0] == fold } }
    }

    /// Holds out a share of every user's ratings, drawn at random and rounded down.
    ///
    /// - Parameter share: above 0 and below 1; 0.2 of a user with 12 ratings tests 2.
    public func holdout(_ share: Double, seed: UInt64) -> RatingSplit {
        precondition(share > 0 && share < 1, "a share above 0 and below 1")
        var generator = SeededGenerator(seed: seed)
        var isHeldOut = [Bool](repeating: false, count: count)
        for user in 0..<byUser.rows {
            let row = byUser.entries(ofRow: user)
            for entry in row.shuffled(using: &generator).prefix(Int(share * Double(row.count))) {
                isHeldOut[entry] = true
            }
        }
        return split { isHeldOut[$0] }
    }

    private func split(isTest: (_ entry: Int) -> Bool) -> RatingSplit {
        RatingSplit(train: filtered { !isTest($0) }, test: filtered(isTest))
    }

    /// The same users and items with some of the ratings.
    private func filtered(_ isKept: (_ entry: Int) -> Bool) -> RatingMatrix {
        var offsets = [0]
        var kept: [Int] = []
        for user in 0..<byUser.rows {
            kept += byUser.entries(ofRow: user).filter(isKept)
            offsets.append(kept.count)
        }
        return RatingMatrix(
            users: users, items: items,
            byUser: SparseMatrix(
                columns: byUser.columns, rowOffsets: offsets, columnIndices: kept.map { byUser.columnIndices[$0] },
                values: kept.map { byUser.values[$0] }))
    }
}
