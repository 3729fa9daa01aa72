public import RatingFiles
public import Ratings

extension Dataset {
    /// Reads ratings and the catalogs beside them: a MovieLens folder (100K, 1M, 10M or CSV generations) or a ratings file.
    ///
    /// ```swift
    /// let data = try Dataset(contentsOf: "ml-100k")
    /// print(data.ratings.users.count, data.ratings.items.count)
    /// ```
    ///
    /// - Parameters:
    ///   - path: a folder or a file.
    ///   - reader: how malformed rows, duplicates and columns are read; the default reads on all processors.
    /// - Throws: `InputError` with the file, line, observed value and remedy.
    public init(contentsOf path: String, reader: RatingsReader = .onAllProcessors) throws {
        self = try RatingsSource(path).dataset(reader: reader)
    }
}
