/// Ratings with all that is known beside them: what every computation begins with.
///
/// A file, a folder, a store and a stream all give a data set. Catalogs are in the order of the rating matrix's vocabularies.
public struct Dataset: Sendable {
    public let ratings: RatingMatrix
    public let items: ItemCatalog
    public let users: UserCatalog
    /// Attributes of users, genres and years of items, as features that models can learn from.
    public let features: SideInformation
    /// Where the ratings came from, as the user named it.
    public let source: String
    /// Ratings that gave way to another of the same user and item.
    public let duplicateCount: Int
    /// Malformed rows that were left out, in the order of the file.
    public let rejected: [RejectedRow]
    /// What a person should know about how the source was read.
    public let notes: [String]

    /// - Parameters:
    ///   - items: the default knows no titles or genres.
    ///   - users: the default knows no attributes.
    ///   - features: the default is those of the catalogs.
    public init(
        ratings: RatingMatrix, items: ItemCatalog? = nil, users: UserCatalog = UserCatalog(),
        features: SideInformation? = nil, source: String = "", duplicateCount: Int = 0, rejected: [RejectedRow] = [],
        notes: [String] = []
    ) {
        let items = items ?? ItemCatalog(itemCount: ratings.items.count)
        precondition(items.titles.count == ratings.items.count, "a catalog of the rated items")
        self.ratings = ratings
        self.items = items
        self.users = users
        self.features = features ?? SideInformation(users: users, items: items)
        self.source = source
        self.duplicateCount = duplicateCount
        self.rejected = rejected
        self.notes = notes
    }
}

extension Dataset {
    /// The title of an item, or its id where it has none.
    public func title(of item: Int) -> String { items.titles[item] ?? ratings.items[item] }

    /// Other ratings by the same users of the same items, with all else as it is.
    public func with(_ ratings: RatingMatrix) -> Dataset {
        precondition(
            ratings.users == self.ratings.users && ratings.items == self.ratings.items, "the same vocabularies")
        return Dataset(
            ratings: ratings, items: items, users: users, features: features, source: source,
            duplicateCount: duplicateCount, rejected: rejected, notes: notes)
    }
}
