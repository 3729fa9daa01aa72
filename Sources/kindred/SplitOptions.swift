import ArgumentParser
import Engine
import Interchange
import Ratings

/// How ratings are split into those to learn from and those to test on.
struct SplitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("k of k-fold splits. (default: 5)", valueName: "k"))
    var folds: Int?

    @Option(help: ArgumentHelp("Share of every user's ratings to hold out, at random.", valueName: "share"))
    var holdout: Double?

    @Option(help: ArgumentHelp("How many of every user's latest ratings to hold out.", valueName: "n"))
    var leaveLastOut: Int?

    @Option(help: ArgumentHelp("Share of all ratings to hold out, the latest ones.", valueName: "share"))
    var timeSplit: Double?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Ratings to learn from; repeated for several folds.", valueName: "file"))
    var train: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Ratings to test on, one file for each --train.", valueName: "file"))
    var test: [String] = []

    func validate() throws {
        if train.count != test.count { throw ValidationError("--train and --test come in pairs") }
        let kinds = [folds != nil, holdout != nil, leaveLastOut != nil, timeSplit != nil, !train.isEmpty]
        if kinds.count(where: { $0 }) > 1 {
            throw ValidationError(
                "choose one of --folds, --holdout, --leave-last-out, --time-split, and pairs of --train and --test")
        }
        if let folds, folds < 2 { throw ValidationError("folds is \(folds); it has to be at least 2") }
        if let leaveLastOut, leaveLastOut < 1 {
            throw ValidationError("leave-last-out is \(leaveLastOut); it has to be at least 1")
        }
        for (name, share) in [("holdout", holdout), ("time-split", timeSplit)] {
            if let share, !(share > 0 && share < 1) {
                throw ValidationError("\(name) is \(share); it has to be above 0 and below 1")
            }
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
            ratings.folds(folds ?? 5, seed: seed).lazy.map { ComparisonFold($0, side: side, items: items) })
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
        if let holdout { return ratings.holdout(holdout, seed: seed) }
        if let leaveLastOut { return try ratings.leaveLastOut(leaveLastOut) }
        return try timeSplit.map { share in try ratings.timeSplit(share) }
    }

    /// The options by name, for a report.
    var chosen: [String: String] {
        if !train.isEmpty { return ["train": train.joined(separator: ","), "test": test.joined(separator: ",")] }
        if let holdout { return ["holdout": "\(holdout)"] }
        if let leaveLastOut { return ["leave-last-out": "\(leaveLastOut)"] }
        if let timeSplit { return ["time-split": "\(timeSplit)"] }
        return ["folds": "\(folds ?? 5)"]
    }
}
