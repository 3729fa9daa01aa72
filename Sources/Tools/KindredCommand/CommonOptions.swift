import ArgumentParser
import Foundation
import RatingFiles
import Ratings

/// Which ratings.
struct SourceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A MovieLens folder, a ratings file, or a store.",
            discussion: """
                Folders: the 100K, 1M, 10M and CSV generations. Files: .data, .dat, .csv, .tsv or any other delimited \
                text with user, item, rating and perhaps a timestamp; delimiter and header are detected. Stores: what \
                kindred import made.
                """))
    var source: String

    @OptionGroup var reading: ReadingOptions
}

/// How ratings files are read.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which columns are user, item, rating and timestamp.",
            discussion: """
                Names from the header (reviewerID,asin,overall) or positions (2,1,3), in that order; or the words \
                user, item, rating, timestamp and - in the order of the file (item,user,-,rating).
                """,
            valueName: "user,item,rating[,timestamp]"))
    var columns: String?

    @Option(
        help: "What to do with a row that is no rating: fail names the first, skip counts them and writes rejected.csv."
    )
    var onBadRow = RatingsReader.BadRowPolicy.fail

    @Option(
        help:
            "Which of several ratings of an item by a user counts: last and first by timestamp, mean, or none (error).")
    var duplicates = DuplicatePolicy.last

    func reader(threads: Int) -> RatingsReader {
        var reader = RatingsReader()
        reader.onBadRow = onBadRow
        reader.duplicates = duplicates
        reader.columns = columns.map { $0.split(separator: ",").map(String.init) } ?? []
        reader.threads = threads
        return reader
    }
}

/// How a command runs and what it prints.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Threads to work on; results do not depend on it. (default: all processors)", valueName: "n")
    )
    var threads: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Print no progress, notes or summary.")
    var quiet = false

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if threadCount < 1 { throw ValidationError("threads is \(threadCount); it has to be at least 1") }
    }
}

extension RatingsReader.BadRowPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}
