/// Ratings in reading order, with users and items as vocabulary indices; pairs may repeat.
public struct RatingEntries: Sendable {
    /// The user of each rating.
    public let users: [Int32]
    /// The item of each rating.
    public let items: [Int32]
    /// The ratings.
    public let values: [Float]
    /// Seconds since 1970 of each rating, or nil if the source has no timestamps.
    public let timestamps: [Int64]?

    /// The number of ratings.
    public var count: Int { values.count }

    /// Creates entries from arrays of equal length.
    public init(users: [Int32], items: [Int32], values: [Float], timestamps: [Int64]?) {
        precondition(users.count == values.count && items.count == values.count, "equal lengths")
        precondition(timestamps.map { $0.count == values.count } ?? true, "equal lengths")
        self.users = users
        self.items = items
        self.values = values
        self.timestamps = timestamps
    }
}
