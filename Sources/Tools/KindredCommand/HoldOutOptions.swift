import ArgumentParser
import Engine
import LinearAlgebra

/// How ratings of one source are held out.
struct HoldOutOptions: ParsableArguments {
    @Option(help: ArgumentHelp("k of k-fold splits, \(OptionRange.folds.words). (default: 5)", valueName: "k"))
    var folds: Int?

    @Option(
        help: ArgumentHelp(
            "Share of each user's ratings to hold out, at random; \(OptionRange.share.words).", valueName: "share"))
    var holdout: Double?

    @Option(
        help: ArgumentHelp(
            "Number of each user's latest ratings to hold out, \(OptionRange.latest.words).", valueName: "n"))
    var leaveLastOut: Int?

    @Option(
        help: ArgumentHelp(
            "Share of all ratings to hold out, the latest ones; \(OptionRange.share.words).", valueName: "share"))
    var timeSplit: Double?

    /// How many of them were given.
    var count: Int { [folds != nil, holdout != nil, leaveLastOut != nil, timeSplit != nil].count { $0 } }

    func validate() throws {
        if count > 1 {
            throw ValidationError("choose one of --folds, --holdout, --leave-last-out and --time-split")
        }
        try OptionRange.folds.validate("folds", folds)
        try OptionRange.latest.validate("leave-last-out", leaveLastOut)
        try OptionRange.share.validate("holdout", holdout)
        try OptionRange.share.validate("time-split", timeSplit)
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
