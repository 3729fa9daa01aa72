/// Ratings with their catalogs and features: the input of every computation.
///
/// Files, folders, stores and streams all load as a data set. Catalogs follow the order of the rating matrix's
/// vocabularies.
public struct Dataset: Sendable {
    /// The rating matrix.
    public let ratings: RatingMatrix
    /// Titles and genres of the items.
    public let items: ItemCatalog
    /// Attributes of the users.
    public let users: UserCatalog
    /// Attributes of users, genres and years of items, as features for models.
    public let features: SideInformation
    /// The source of the ratings, as the user named it.
    public let source: String
    /// The number of ratings replaced by another of the same user and item.
    public let duplicateCount: Int
    /// Skipped malformed rows, in file order.
    public let rejected: [RejectedRow]
    /// How a file was read; nil for stores and for ratings that were made otherwise.
    public let reading: SourceReading?
    /// Notes for the user on how the source was read.
    public let notes: [ReadingNote]

    /// - Parameters:
    ///   - items: the default has no titles or genres.
    ///   - users: the default has no attributes.
    ///   - features: by default those of the catalogs.
    public init(
        ratings: RatingMatrix, items: ItemCatalog? = nil, users: UserCatalog = UserCatalog(),
        features: SideInformation? = nil, source: String = "", duplicateCount: Int = 0, rejected: [RejectedRow] = [],
        reading: SourceReading? = nil, notes: [ReadingNote] = []
    ) {
        let items = items ?? ItemCatalog(itemCount: ratings.items.count)
        precondition(items.titles.count == ratings.items.count, "one catalog entry per item")
        self.ratings = ratings
        self.items = items
        self.users = users
        self.features = features ?? SideInformation(users: users, items: items)
        self.source = source
        self.duplicateCount = duplicateCount
        self.rejected = rejected
        self.reading = reading
        self.notes = notes
    }
}

extension Dataset {
    /// The title of an item, or its ID if it has none.
    public func title(of item: Int) -> String { items.titles[item] ?? ratings.items[item] }

    /// The same data set with other ratings of the same users and items.
    public func with(_ ratings: RatingMatrix) -> Dataset {
        precondition(
            ratings.users == self.ratings.users && ratings.items == self.ratings.items, "the same vocabularies")
        return Dataset(
            ratings: ratings, items: items, users: users, features: features, source: source,
            duplicateCount: duplicateCount, rejected: rejected, reading: reading, notes: notes)
    }
}
