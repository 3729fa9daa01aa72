public import Ratings

/// What an import takes in: the rows of a ratings file in their order, and what is known of items and users.
public struct ImportSource: Sendable {
    /// What the rows come from, for people.
    public var name: String
    /// SHA-256 of the file, in hexadecimal: the same file is taken once.
    public var checksum: String
    public var entries: [RatingEntries]
    public var userIDs: Vocabulary
    /// By user, the pseudonyms that they had under earlier keys; empty where there were none.
    public var formerIDs: [[String]] = []
    public var itemIDs: Vocabulary
    public var items: ItemCatalog
    public var users: UserCatalog
    /// Items of the catalog that no row rates.
    public var unratedIDs: Vocabulary
    public var unrated: ItemCatalog
    /// Rows that are no ratings at all.
    public var malformed: [RejectedRating]
    /// The lines, counted from 1, and the texts of some entries, which ascend.
    public var lines: @Sendable (_ entries: [Int]) throws -> [(number: Int, text: String)]
    /// The number of entries whose time was converted to seconds by the reader.
    public var convertedTimes: Int
    /// How exactly times are kept. The default is seconds.
    public var timePrecision = Minimisation.TimePrecision.second
    /// Attributes of users that the source has and the import does not take.
    public var droppedAttributes: [String] = []
    /// Whether users who were erased may come back by it. The default is false.
    public var readmitsErased = false

    public init(
        name: String, checksum: String, entries: [RatingEntries], userIDs: Vocabulary, itemIDs: Vocabulary,
        items: ItemCatalog, users: UserCatalog, unratedIDs: Vocabulary = Vocabulary([]),
        unrated: ItemCatalog = ItemCatalog(itemCount: 0), malformed: [RejectedRating],
        lines: @escaping @Sendable (_ entries: [Int]) throws -> [(number: Int, text: String)], convertedTimes: Int = 0
    ) {
        self.name = name
        self.checksum = checksum
        self.entries = entries
        self.userIDs = userIDs
        self.itemIDs = itemIDs
        self.items = items
        self.users = users
        self.unratedIDs = unratedIDs
        self.unrated = unrated
        self.malformed = malformed
        self.lines = lines
        self.convertedTimes = convertedTimes
    }

    /// By which a user may have been erased: the id, and the pseudonyms before it.
    func ids(ofUser user: Int) -> [String] { [userIDs[user]] + (formerIDs.isEmpty ? [] : formerIDs[user]) }
}

/// A row that was not taken, and why.
public struct RejectedRating: Sendable, Equatable {
    /// Counted from 1.
    public let line: Int
    public let reason: String
    public let text: String

    public init(line: Int, reason: String, text: String) {
        self.line = line
        self.reason = reason
        self.text = text
    }
}

/// What an import did.
public struct ImportReport: Sendable, Equatable, Codable {
    public var source: String
    /// Lines that should have been ratings.
    public var rows_read = 0
    /// Rows that are ratings.
    public var kept = 0
    /// Kept rows that another of the same user and item came before or after.
    public var duplicates = 0
    /// Rows with too few fields or with text for a number.
    public var malformed = 0
    public var out_of_scale = 0
    public var impossible_times = 0
    /// Kept rows whose time was in milliseconds or microseconds.
    public var times_converted = 0
    /// Kept rows of items that the catalog does not know, where there is a catalog.
    public var unknown_items = 0
    /// Attributes of users that the source has and were not taken.
    public var dropped_attributes: [String] = []
    /// Rows of users who were erased, which are left out.
    public var erased = 0
    /// Whether the same file had been taken in before, so that nothing was done.
    public var was_complete = false
    /// Rows that an interrupted import of the same file had taken before this one.
    public var resumed_after = 0

    public var rejected: Int { malformed + out_of_scale + impossible_times }

    init(source: String) { self.source = source }
}
