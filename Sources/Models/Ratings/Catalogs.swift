/// Titles and genres of items, by item index.
public struct ItemCatalog: Sendable {
    /// The title of each item, or nil.
    public let titles: [String?]
    /// Genre names in source order, indexed by `genres`.
    public let genreNames: [String]
    /// The genres of each item, as ascending indices into `genreNames`.
    public let genres: [[Int]]

    /// Creates a catalog; titles and genres cover the same items.
    public init(titles: [String?], genreNames: [String], genres: [[Int]]) {
        precondition(titles.count == genres.count, "titles and genres of equally many items")
        self.titles = titles
        self.genreNames = genreNames
        self.genres = genres
    }

    /// A catalog without titles or genres.
    public init(itemCount: Int) {
        self.init(
            titles: Array(repeating: nil, count: itemCount), genreNames: [],
            genres: Array(repeating: [], count: itemCount))
    }
}

/// Attributes of users, by user index.
public struct UserCatalog: Sendable {
    /// A categorical attribute of users, such as occupation.
    public struct Attribute: Sendable {
        /// The name of the attribute.
        public let name: String
        /// The value of each user, or nil.
        public let values: [String?]

        /// Creates an attribute.
        public init(name: String, values: [String?]) {
            self.name = name
            self.values = values
        }
    }

    /// The attributes, in source order.
    public let attributes: [Attribute]

    /// Creates a catalog; by default without attributes.
    public init(attributes: [Attribute] = []) {
        self.attributes = attributes
    }
}
