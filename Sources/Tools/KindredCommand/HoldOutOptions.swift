import ArgumentParser
import Engine

/// How ratings of one source are held out.
struct HoldOutOptions: ParsableArguments {
    @Option(help: ArgumentHelp("k of k-fold splits. (default: 5)", valueName: "k"))
    var folds: Int?

    @Option(help: ArgumentHelp("Share of each user's ratings to hold out, at random.", valueName: "share"))
    var holdout: Double?

    @Option(help: ArgumentHelp("Number of each user's latest ratings to hold out.", valueName: "n"))
    var leaveLastOut: Int?

    @Option(help: ArgumentHelp("Share of all ratings to hold out, the latest ones.", valueName: "share"))
    var timeSplit: Double?

    /// How many of them were given.
    var count: Int { [folds != nil, holdout != nil, leaveLastOut != nil, timeSplit != nil].count { $0 } }

    func validate() throws {
        if count > 1 {
            throw ValidationError("choose one of --folds, --holdout, --leave-last-out and --time-split")
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

    /// The same for splits inside the ratings to learn from.
    var holdOut: HoldOut {
        if let holdout { return .users(1, share: holdout) }
        if let leaveLastOut { return .latest(leaveLastOut) }
        if let timeSplit { return .time(timeSplit) }
        return .random(1 / Double(folds ?? 5))
    }

    /// The options by name, for a report.
    var chosen: [String: String] {
        if let holdout { return ["holdout": "\(holdout)"] }
        if let leaveLastOut { return ["leave-last-out": "\(leaveLastOut)"] }
        if let timeSplit { return ["time-split": "\(timeSplit)"] }
        return ["folds": "\(folds ?? 5)"]
    }
}
