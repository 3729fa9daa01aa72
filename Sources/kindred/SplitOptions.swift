import ArgumentParser
import Engine
import Interchange
import Ratings

/// How ratings are split into those to learn from and those to test on.
struct SplitOptions: ParsableArguments {
    @OptionGroup var ways: HoldOutOptions

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Ratings to learn from; repeated for several folds.", valueName: "file"))
    var train: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Ratings to test on, one file for each --train.", valueName: "file"))
    var test: [String] = []

    func validate() throws {
        if train.count != test.count { throw ValidationError("--train and --test come in pairs") }
        if !train.isEmpty && ways.count > 0 {
            throw ValidationError(
                "choose one of --folds, --holdout, --leave-last-out, --time-split, and pairs of --train and --test")
        }
    }

    /// The folds, of files or of one source; those of a source are made when they are come to.
    ///
    /// - Parameter read: the ratings of a file.
    func folds(
        of source: LoadedSource?, seed: UInt64, read: (String) throws -> RatingMatrix
    ) throws -> AnyCollection<ComparisonFold> {
        guard let source else {
            return AnyCollection(try zip(train, test).map { try fold($0, $1, read) })
        }
        let (ratings, items, side) = (source.ratings, source.items, source.side)
        if let split = try single(ratings, seed: seed) {
            return AnyCollection([ComparisonFold(split, side: side, items: items)])
        }
        return AnyCollection(
            ratings.folds(ways.folds ?? 5, seed: seed).lazy.map { ComparisonFold($0, side: side, items: items) })
    }

    private func fold(
        _ train: String, _ test: String, _ read: (String) throws -> RatingMatrix
    ) throws -> ComparisonFold {
        let place = try RatingsSource(train)
        let split = RatingSplit(train: try read(train), test: try read(test))
        let items = try place.itemCatalog(for: split.train.items)
        let users = try place.userCatalog(for: split.train.users)
        return ComparisonFold(split, side: SideInformation(users: users, items: items), items: items)
    }

    private func single(_ ratings: RatingMatrix, seed: UInt64) throws -> RatingSplit? {
        if let holdout = ways.holdout { return ratings.holdout(holdout, seed: seed) }
        if let leaveLastOut = ways.leaveLastOut { return try ratings.leaveLastOut(leaveLastOut) }
        return try ways.timeSplit.map { share in try ratings.timeSplit(share) }
    }

    /// The options by name, for a report.
    var chosen: [String: String] {
        if !train.isEmpty { return ["train": train.joined(separator: ","), "test": test.joined(separator: ",")] }
        return ways.chosen
    }

    /// The way of the folds, for splits inside their training parts; nil for pairs of files, whose shape tells it.
    var holdOut: HoldOut? { train.isEmpty ? ways.holdOut : nil }
}
