import ArgumentParser
import Engine
import RatingFiles
import Ratings

/// How ratings are split into those to learn from and those to test on.
struct SplitOptions: ParsableArguments {
    @OptionGroup var ways: HoldOutOptions

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Training ratings; repeat for several folds.", valueName: "file"))
    var train: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Test ratings, one file per --train.", valueName: "file"))
    var test: [String] = []

    func validate() throws {
        if train.count != test.count { throw ValidationError("--train and --test come in pairs") }
        if !train.isEmpty && ways.count > 0 {
            throw ValidationError(
                "choose one of --folds, --holdout, --leave-last-out, --time-split, and pairs of --train and --test")
        }
    }

    /// The folds of pairs of files, or of one source; those are computed lazily.
    ///
    /// - Parameter read: reads a file.
    func folds(
        of dataset: Dataset?, seed: UInt64, read: (String) throws -> Dataset
    ) throws -> AnyCollection<ComparisonFold> {
        guard let dataset else {
            return AnyCollection(
                try zip(train, test).map { ComparisonFold(train: try read($0), test: try read($1).ratings) })
        }
        if let split = try single(dataset.ratings, seed: seed) {
            return AnyCollection([ComparisonFold(split, of: dataset)])
        }
        return AnyCollection(
            dataset.ratings.folds(ways.folds ?? 5, seed: seed).lazy.map { ComparisonFold($0, of: dataset) })
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
