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

    /// The positions of the entries, ascending by (user, item) and in their own order within a pair.
    ///
    /// - Complexity: O(entries + users + items), two passes of a counting sort.
    func sortedPositions(userCount: Int, itemCount: Int) -> [Int32] {
        let byItem = Self.countingSort(
            (0..<Int32(count)).map { $0 }, by: items, bound: itemCount)
        return Self.countingSort(byItem, by: users, bound: userCount)
    }

    private static func countingSort(_ positions: [Int32], by keys: [Int32], bound: Int) -> [Int32] {
        var next = [Int](repeating: 0, count: bound + 1)
        for key in keys { next[Int(key) + 1] += 1 }
        for key in 0..<bound { next[key + 1] += next[key] }
        var sorted = [Int32](repeating: 0, count: positions.count)
        for position in positions {
            let key = Int(keys[Int(position)])
            sorted[next[key]] = position
            next[key] += 1
        }
        return sorted
    }
}
