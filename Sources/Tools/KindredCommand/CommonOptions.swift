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
        help: "Malformed rows: fail stops at the first one, skip lists them in rejected.csv."
    )
    var onBadRow = RatingsReader.BadRowPolicy.fail

    @Option(
        help:
            "Several ratings of one item by one user: keep the last or first by timestamp, or the mean, or stop (error)."
    )
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
        help: ArgumentHelp("Number of threads; results do not depend on it. (default: all processors)", valueName: "n")
    )
    var threads: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "No progress, notes or summary.")
    var quiet = false

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if threadCount < 1 { throw ValidationError("threads is \(threadCount); it has to be at least 1") }
    }
}

extension RatingsReader.BadRowPolicy: ExpressibleByArgument {}
extension DuplicatePolicy: ExpressibleByArgument {}
