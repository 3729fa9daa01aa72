/// A test user with the list of each model, to look at.
public struct ListExample: Sendable {
    /// One place of a list.
    public struct Place: Sendable {
        /// The id of the item.
        public let item: String
        public let title: String?
        /// Whether the user liked it, by the test ratings.
        public let isRelevant: Bool
        /// In how many of the example's lists the item is.
        public let listCount: Int
        /// Why it is recommended, in a few words; nil for a model without reasons.
        public let reason: String?

        public init(item: String, title: String?, isRelevant: Bool, listCount: Int, reason: String?) {
            self.item = item
            self.title = title
            self.isRelevant = isRelevant
            self.listCount = listCount
            self.reason = reason
        }
    }

    /// The list of one model.
    public struct List: Sendable {
        public let model: String
        public let places: [Place]

        public init(model: String, places: [Place]) {
            self.model = model
            self.places = places
        }
    }

    /// The id of the user.
    public let user: String
    /// The number of the user's training ratings.
    public let ratingCount: Int
    /// What the user rated highest in training, by title or id.
    public let favorites: [String]
    /// The items that the first two lists share, of the first `cutoff` of each.
    public let sharedCount: Int
    public let cutoff: Int
    public let lists: [List]

    public init(
        user: String, ratingCount: Int, favorites: [String], sharedCount: Int, cutoff: Int, lists: [List]
    ) {
        self.user = user
        self.ratingCount = ratingCount
        self.favorites = favorites
        self.sharedCount = sharedCount
        self.cutoff = cutoff
        self.lists = lists
    }
}
