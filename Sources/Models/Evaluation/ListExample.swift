/// A test user with the list of each model.
public struct ListExample: Sendable {
    /// One place of a list.
    public struct Place: Sendable {
        /// The ID of the item.
        public let item: String
        /// The title of the item, or nil.
        public let title: String?
        /// Whether the user liked it in the test ratings.
        public let isRelevant: Bool
        /// The number of the example's lists that contain the item.
        public let listCount: Int
        /// A short reason; nil for models without explanations.
        public let reason: String?

        /// Creates a place.
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
        /// The name of the model.
        public let model: String
        /// The places of the list, best first.
        public let places: [Place]

        /// Creates a list.
        public init(model: String, places: [Place]) {
            self.model = model
            self.places = places
        }
    }

    /// The ID of the user.
    public let user: String
    /// The number of the user's training ratings.
    public let ratingCount: Int
    /// The user's highest-rated training items, by title or ID.
    public let favorites: [String]
    /// The number of items shared by the first `cutoff` places of the first two lists.
    public let sharedCount: Int
    /// The number of leading places compared.
    public let cutoff: Int
    /// The list of each model.
    public let lists: [List]

    /// Creates an example.
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
