import ArgumentParser
import Foundation
import Platform
import RatingFiles
import Ratings

/// Which ratings.
struct SourceOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Ratings: a file, a folder or an archive of a data set, a store, or - for standard input.",
            discussion: """
                Files: delimited text with user, item and perhaps rating and time, JSON lines, MatrixMarket, RecBole or the \
                Netflix Prize, also compressed (gz, bz2, xz, zst, zip, tar); what is read is said in one line. Folders and \
                archives: MovieLens of every generation and its like, with titles beside the ratings, and shards such as \
                ratings-*.csv or part-*. Stores: what kindred import made.
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
                By role: user=NAME,item=NAME,rating=NAME,timestamp=NAME, with names of the header or positions from 1. \
                Or the words user, item, rating, timestamp and - in the order of the file (item,user,-,rating). Or names \
                or positions in the order user, item, rating, timestamp (reviewerID,asin,overall). Without a rating each \
                row counts 1.
                """,
            valueName: "columns"))
    var columns: String?

    @Option(
        help: ArgumentHelp(
            "Ratings outside are left out and counted, such as 1..10 where 0 means not rated.", valueName: "min..max"))
    var scale: ScaleBounds?

    @Option(
        help: ArgumentHelp(
            "Encoding of the text, by a name that iconv knows. (default: UTF-8, UTF-16 by its mark, else Windows-1252)",
            valueName: "name"))
    var encoding: String?

    @Option(
        help: "Malformed rows: fail stops at the first one, skip lists them in rejected.csv."
    )
    var onBadRow = RatingsReader.BadRowPolicy.fail

    @Option(
        help:
            "Several ratings of one item by one user: keep the last or first by timestamp, or the mean; sum or count events; or stop (error). (default: last)"
    )
    var duplicates: DuplicatePolicy?

    @Option(
        help: ArgumentHelp(
            "A catalog of items with their titles and genres. (default: movies.csv or its like beside the ratings)",
            valueName: "file"))
    var items: String?

    @Option(
        help: ArgumentHelp(
            "A catalog of users with their attributes. (default: users.csv or its like beside the ratings)",
            valueName: "file"))
    var users: String?

    @Option(
        help: ArgumentHelp(
            "The most that an archive may expand, as a ratio; beyond 64 MiB. (default: 200)", valueName: "n"))
    var unpackRatio: Int?

    @Option(
        help: ArgumentHelp("The most that an archive may expand to, such as 2TB. (default: 1 TiB)", valueName: "bytes"))
    var unpackSize: ByteCount?

    func reader(threads: Int) -> RatingsReader {
        var reader = RatingsReader()
        if let unpackRatio { reader.unpacking.maximumRatio = unpackRatio }
        if let unpackSize { reader.unpacking.maximumBytes = unpackSize.bytes }
        reader.onBadRow = onBadRow
        reader.duplicates = duplicates
        reader.scale = scale?.bounds
        reader.encoding = encoding
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

/// `0.5..5` on the command line.
struct ScaleBounds: ExpressibleByArgument {
    let bounds: ClosedRange<Float>

    init?(argument: String) {
        let ends = argument.split(separator: "..", omittingEmptySubsequences: false).map { Float($0) }
        guard ends.count == 2, let least = ends[0], let most = ends[1], least.isFinite, most.isFinite, least < most
        else { return nil }
        bounds = least...most
    }
}
