/// Ratings in the order they were read, users and items as vocabulary indices; pairs may repeat.
public struct RatingEntries: Sendable {
    public let users: [Int32]
    public let items: [Int32]
    public let values: [Float]
    /// Seconds since 1970 of each rating, or nil where the source has no times.
    public let timestamps: [Int64]?

    public var count: Int { values.count }

    public init(users: [Int32], items: [Int32], values: [Float], timestamps: [Int64]?) {
        precondition(users.count == values.count && items.count == values.count, "equal lengths")
        precondition(timestamps.map { $0.count == values.count } ?? true, "equal lengths")
        self.users = users
        self.items = items
        self.values = values
        self.timestamps = timestamps
    }
}
