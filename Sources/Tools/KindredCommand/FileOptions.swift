import ArgumentParser
import Foundation
import LinearAlgebra
import Platform
import RatingFiles
import Ratings

/// What ratings files hold, and where their catalogs are.
struct FileOptions: ParsableArguments {
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
            "Encoding of the text, by a name that iconv knows. (default: UTF-8, UTF-16 by its mark, else Windows-1252)",
            valueName: "name"))
    var encoding: String?

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
            "The most that an archive may expand, as a ratio, \(OptionRange.unpackRatio.words); beyond 64 MiB. (default: 200)",
            valueName: "n"))
    var unpackRatio: Int?

    @Option(
        help: ArgumentHelp(
            "The most that an archive may expand to, such as 2TB; \(ByteCount.range). (default: 1 TiB)",
            valueName: "bytes"))
    var unpackSize: ByteCount?

    func validate() throws {
        try OptionRange.unpackRatio.validate("unpack-ratio", unpackRatio)
    }

    func reader(threads: Int) -> RatingsReader {
        var reader = RatingsReader()
        reader.unpacking = unpacking
        reader.encoding = encoding
        reader.columns = columns.map { $0.split(separator: ",").map(String.init) } ?? []
        reader.threads = threads
        return reader
    }

    /// The source at a path, with the catalogs named.
    func source(_ path: String) throws -> RatingsSource {
        try RatingsSource(path, items: items, users: users, encoding: encoding, unpacking: unpacking)
    }

    private var unpacking: ArchiveLimits {
        var limits = ArchiveLimits()
        if let unpackRatio { limits.maximumRatio = unpackRatio }
        if let unpackSize { limits.maximumBytes = unpackSize.bytes }
        return limits
    }
}

/// `0.5..5` on the command line.
struct ScaleBounds: ExpressibleByArgument {
    let bounds: ClosedRange<Float>

    init?(argument: String) {
        let ends = argument.split(separator: "..", omittingEmptySubsequences: false).map { Float($0) }
        guard ends.count == 2, let least = ends[0], let most = ends[1], RatingScale.widest.contains(least),
            RatingScale.widest.contains(most), least < most
        else { return nil }
        bounds = least...most
    }
}
