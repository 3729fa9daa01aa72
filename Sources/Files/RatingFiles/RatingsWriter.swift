public import FileOutput

/// Writes ratings in one of the MovieLens layouts.
public struct RatingsWriter: Sendable {
    private let separator: String
    private let header: String

    /// - Parameter path: its extension selects the layout: `.csv` with a header, `.dat` with `::`, anything else with
    ///   tabs.
    public init(for path: String) {
        separator = path.hasSuffix(".csv") ? "," : path.hasSuffix(".dat") ? "::" : "\t"
        header = path.hasSuffix(".csv") ? "userId,movieId,rating,timestamp\n" : ""
    }

    /// Writes the header, if the layout has one.
    public func writeHeader(to writer: inout ByteWriter) throws(OutputError) { try writer.write(header) }

    /// - Parameter halfStars: the rating in half stars, written as stars with one decimal.
    public func write(
        user: Int, item: Int, halfStars: Int, timestamp: Int, to writer: inout ByteWriter
    ) throws(OutputError) {
        try writer.write(user)
        try writer.write(separator)
        try writer.write(item)
        try writer.write(separator)
        try writer.write(halfStars / 2)
        try writer.write(halfStars % 2 == 0 ? ".0" : ".5")
        try writer.write(separator)
        try writer.write(timestamp)
        try writer.write("\n")
    }
}
