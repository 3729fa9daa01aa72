/// How a source of ratings was read: what a person checks before they trust the figures.
public struct SourceReading: Sendable, Equatable {
    /// A column of the source.
    public struct Column: Sendable, Equatable {
        /// `user`, `item`, `rating` or `timestamp`.
        public let role: String
        /// Its name and position, such as `userId (column 1)`.
        public let name: String

        /// Creates a column.
        public init(role: String, name: String) {
            self.role = role
            self.name = name
        }
    }

    /// The columns in use, in the order user, item, rating, timestamp.
    public let columns: [Column]
    /// Why these columns: `by the header`, `by position`, `as chosen` …
    public let basis: String
    /// The form of the text, such as `comma-separated with a header`.
    public let layout: String
    /// The encoding of the text, such as `UTF-8`.
    public let encoding: String
    /// The number of rows with a rating, before duplicates were resolved.
    public let rows: Int
    /// The number of rows left out because their rating is off the chosen scale.
    public let outOfScale: Int

    /// Creates a reading.
    public init(
        columns: [Column], basis: String, layout: String, encoding: String, rows: Int, outOfScale: Int = 0
    ) {
        self.columns = columns
        self.basis = basis
        self.layout = layout
        self.encoding = encoding
        self.rows = rows
        self.outOfScale = outOfScale
    }

    /// The columns by role.
    public var namesByRole: [String: String] {
        Dictionary(columns.map { ($0.role, $0.name) }) { first, _ in first }
    }
}
