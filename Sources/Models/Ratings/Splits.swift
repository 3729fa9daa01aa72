import LinearAlgebra

/// Training and test ratings with the same vocabularies.
public struct RatingSplit: Sendable {
    /// The ratings to fit on.
    public let train: RatingMatrix
    /// The held-out ratings.
    public let test: RatingMatrix

    /// Creates a split.
    public init(train: RatingMatrix, test: RatingMatrix) {
        self.train = train
        self.test = test
    }
}

extension RatingMatrix {
    /// k-fold cross-validation: every rating is in one test fold and trains the others.
    ///
    /// Ratings are shuffled and assigned round-robin, so fold sizes differ by at most one.
    ///
    /// - Parameter count: k ≥ 2.
    /// - Returns: a lazy collection: only the current fold is in memory.
    /// - Complexity: O(ratings) time and memory per fold.
    public func folds(_ count: Int, seed: UInt64) -> some Collection<RatingSplit> {
        precondition(count >= 2, "at least two folds")
        var generator = SeededGenerator(seed: seed)
        var foldOfEntry = [Int](repeating: 0, count: self.count)
        for (place, entry) in (0..<self.count).shuffled(using: &generator).enumerated() {
            foldOfEntry[entry] = place % count
        }
        return (0..<count).lazy.map { fold in split { foldOfEntry[$0] == fold } }
    }

    /// Holds out a random share of every user's ratings, rounded down.
    ///
    /// - Parameters:
    ///   - share: above 0 and below 1; 0.2 of a user with 12 ratings tests 2.
    ///   - users: the random share of users who lose ratings, above 0 and at most 1; 0.5 of 7 users are 4.
    public func holdout(_ share: Double, ofUsers users: Double = 1, seed: UInt64) -> RatingSplit {
        precondition(share > 0 && share < 1, "a share above 0 and below 1")
        precondition(users > 0 && users <= 1, "a share of the users above 0 and at most 1")
        var generator = SeededGenerator(seed: seed)
        var isHeldOut = [Bool](repeating: false, count: count)
        let all = 0..<byUser.rows
        let chosen =
            users == 1
            ? Array(all) : all.shuffled(using: &generator).prefix(Int((users * Double(all.count)).rounded())).sorted()
        for user in chosen {
            let row = byUser.entries(ofRow: user)
            for entry in row.shuffled(using: &generator).prefix(Int(share * Double(row.count))) {
                isHeldOut[entry] = true
            }
        }
        return split { isHeldOut[$0] }
    }

    /// Holds out the latest ratings of every user who has more than `count`; ties by larger item index.
    ///
    /// Times 10, 30, 20 and a count of 1: the second is tested.
    ///
    /// - Parameter count: ≥ 1.
    /// - Throws: `RatingsError.noTimes` if the source has no timestamps.
    public func leaveLastOut(_ count: Int) throws(RatingsError) -> RatingSplit {
        precondition(count >= 1, "at least one rating to hold out")
        guard let timestamps else { throw .noTimes }
        var isHeldOut = [Bool](repeating: false, count: self.count)
        for user in 0..<byUser.rows {
            let row = byUser.entries(ofRow: user)
            guard row.count > count else { continue }
            for entry in row.sorted(by: { (timestamps[$0], $0) < (timestamps[$1], $1) }).suffix(count) {
                isHeldOut[entry] = true
            }
        }
        return split { isHeldOut[$0] }
    }

    /// Holds out the latest share of all ratings, as in production: users and items that first appear after the cut are
    /// unseen. Ratings with equal timestamps stay together in training.
    ///
    /// Times 10, 20, 30, 40 and a share of 0.25: the last is tested.
    ///
    /// - Parameter share: above 0 and below 1.
    /// - Throws: `RatingsError.noTimes` if the source has no timestamps.
    public func timeSplit(_ share: Double) throws(RatingsError) -> RatingSplit {
        precondition(share > 0 && share < 1, "a share above 0 and below 1")
        guard let timestamps else { throw .noTimes }
        let sorted = timestamps.sorted()
        let learned = sorted.count - Int(share * Double(sorted.count))
        guard learned > 0 else { return split { _ in true } }
        let cut = sorted[learned - 1]
        return split { timestamps[$0] > cut }
    }

    /// Holds out a random share of all ratings: the split for choosing options.
    ///
    /// - Parameter share: above 0 and below 1.
    public func validationSplit(_ share: Double, seed: UInt64) -> RatingSplit {
        precondition(share > 0 && share < 1, "a share above 0 and below 1")
        var generator = SeededGenerator(seed: seed)
        var isHeldOut = [Bool](repeating: false, count: count)
        for entry in (0..<count).shuffled(using: &generator).prefix(Int(share * Double(count))) {
            isHeldOut[entry] = true
        }
        return split { isHeldOut[$0] }
    }

    private func split(isTest: (_ entry: Int) -> Bool) -> RatingSplit {
        RatingSplit(train: filtered { !isTest($0) }, test: filtered(isTest))
    }

    /// The same users and items with a subset of the ratings.
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
                values: kept.map { byUser.values[$0] }),
            timestamps: timestamps.map { times in kept.map { times[$0] } })
    }
}
