/// What is known of the items beside their ratings, by item index.
public struct ItemCatalog: Sendable {
    /// The title of each item, nil where the source has none.
    public let titles: [String?]
    /// The names that `genres` refers to, in the order of the source.
    public let genreNames: [String]
    /// The genres of each item, as indices into `genreNames`, ascending.
    public let genres: [[Int]]

    public init(titles: [String?], genreNames: [String], genres: [[Int]]) {
        precondition(titles.count == genres.count, "titles and genres of the same items")
        self.titles = titles
        self.genreNames = genreNames
        self.genres = genres
    }

    /// A catalog that knows nothing but how many items there are.
    public init(itemCount: Int) {
        self.init(
            titles: Array(repeating: nil, count: itemCount), genreNames: [],
            genres: Array(repeating: [], count: itemCount))
    }
}

/// What is known of the users beside their ratings, by user index.
public struct UserCatalog: Sendable {
    /// A property of users with few values, such as an occupation.
    public struct Attribute: Sendable {
        public let name: String
        /// The value for each user, nil where the source has none.
        public let values: [String?]

        public init(name: String, values: [String?]) {
            self.name = name
            self.values = values
        }
    }

    public let attributes: [Attribute]

    public init(attributes: [Attribute] = []) {
        self.attributes = attributes
    }
}
