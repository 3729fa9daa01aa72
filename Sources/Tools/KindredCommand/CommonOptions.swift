import ArgumentParser
import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles
import Ratings

/// Which ratings.
struct SourceOptions: ParsableArguments {
    @Argument(help: Self.help)
    var source: String

    static let help = ArgumentHelp(
        "Ratings: a file, a folder or an archive of a data set, a store, or - for standard input.",
        discussion: """
            Files: delimited text with user, item and perhaps rating and time, JSON lines, MatrixMarket, RecBole or the \
            Netflix Prize, also compressed (gz, bz2, xz, zst, zip, tar); what is read is said in one line. Folders and \
            archives: MovieLens of every generation and its like, with titles beside the ratings, and shards such as \
            ratings-*.csv or part-*. Stores: what kindred import made.
            """)

    @OptionGroup var reading: ReadingOptions
}

/// How ratings files are read.
struct ReadingOptions: ParsableArguments {
    @OptionGroup var file: FileOptions

    @Option(
        help: ArgumentHelp(
            "Ratings outside are left out and counted, such as 1..10 where 0 means not rated; within \(RatingScale.widest.words).",
            valueName: "min..max"))
    var scale: ScaleBounds?

    @Option(
        help: "Malformed rows: fail stops at the first one, skip lists them in rejected.csv."
    )
    var onBadRow = RatingsReader.BadRowPolicy.fail

    @Option(
        help:
            "Several ratings of one item by one user: keep the last or first by timestamp, or the mean; sum or count events; or stop (error). (default: last)"
    )
    var duplicates: DuplicatePolicy?

    func reader(threads: Int) -> RatingsReader {
        var reader = file.reader(threads: threads)
        reader.onBadRow = onBadRow
        reader.duplicates = duplicates
        reader.scale = scale?.bounds
        return reader
    }

    /// Refuses what says how files are read where there is none.
    ///
    /// - Parameter kind: what is read instead.
    /// - Throws: `InputError` for any such option.
    func requireNone(for path: String, kind: String = "a store") throws {
        let given = [
            ("--columns", file.columns != nil), ("--encoding", file.encoding != nil), ("--items", file.items != nil),
            ("--users", file.users != nil), ("--scale", scale != nil),
        ].filter(\.1).map(\.0)
        guard given.isEmpty else {
            throw InputError(
                file: path,
                problem:
                    "this is \(kind), and how files are read is no matter for it: \(given.joined(separator: ", "))",
                remedy: "Leave that out, or name the file.")
        }
    }
}

/// How a command runs and what it prints.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Number of threads, \(OptionRange.threads.words); results do not depend on it. (default: all processors)",
            valueName: "n")
    )
    var threads: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "No progress, notes or summary.")
    var quiet = false

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        try OptionRange.threads.validate("threads", threads)
    }
}

extension RatingsReader.BadRowPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}
