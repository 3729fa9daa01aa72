import LinearAlgebra

/// Ratings that change, by user and by item, under numbers that stay: new users and items get the next numbers.
///
/// Changes come in batches: `set` for each, then `settle()`, which brings the orders up to date and tells what changed.
/// A user is present while they have a rating, as in a `RatingMatrix` that is read anew; so is an item, unless unrated
/// items are kept.
///
/// - Complexity: O(ratings of the user + ratings of the item) for each change, moved as blocks of memory; 16 bytes for
///   each rating.
public struct MutableRatings: Sendable {
    /// A rating in the row of a user, where the number is of the item, or in that of an item, where it is of the user.
    public struct Entry: Sendable, Equatable, BitwiseCopyable {
        /// The number of the item or user.
        public let number: Int32
        /// The rating.
        public var value: Float
    }

    /// The users by number.
    public private(set) var users = MutableVocabulary()
    /// The items by number.
    public private(set) var items = MutableVocabulary()
    /// Whether items without ratings are present, as in a store that is read with all items.
    public let keepsUnratedItems: Bool
    /// The number of ratings.
    public private(set) var count = 0
    /// Entries ascend by number.
    private var byUser: [[Entry]] = []
    private var byItem: [[Entry]] = []
    private var changed = RatingChanges()

    /// Creates an empty collection.
    public init(keepsUnratedItems: Bool = false) { self.keepsUnratedItems = keepsUnratedItems }

    /// Creates a collection whose numbers are the indices of a matrix.
    ///
    /// - Complexity: O(ratings + users + items).
    public init(_ ratings: RatingMatrix, keepsUnratedItems: Bool = false) {
        self.init(keepsUnratedItems: keepsUnratedItems)
        for user in 0..<ratings.users.count { addUser(ratings.users[user]) }
        for item in 0..<ratings.items.count { addItem(ratings.items[item]) }
        for (item, count) in ratings.itemCounts.enumerated() { byItem[item].reserveCapacity(count) }
        for user in byUser.indices {
            byUser[user] = ratings.ratings(ofUser: user).map { Entry(number: $0, value: $1) }
            users.setPresent(user, !byUser[user].isEmpty)
            for entry in byUser[user] {
                byItem[Int(entry.number)].append(Entry(number: Int32(user), value: entry.value))
            }
        }
        for item in byItem.indices { items.setPresent(item, keepsUnratedItems || !byItem[item].isEmpty) }
        count = ratings.count
        _ = settle()
    }

    /// A user's ratings, in the order of the items' numbers.
    public func entries(ofUser user: Int) -> [Entry] { byUser[user] }

    /// An item's ratings, in the order of the users' numbers.
    public func entries(ofItem item: Int) -> [Entry] { byItem[item] }

    /// A user's ratings in the order of the sorted items, so that sums have the bits of a batch run.
    ///
    /// - Complexity: O(ratings of the user), and their logarithm where later items precede earlier ones.
    public func items(of user: Int) -> [Entry] { items.sorted(byUser[user]) }

    /// An item's ratings in the order of the sorted users.
    public func users(of item: Int) -> [Entry] { users.sorted(byItem[item]) }

    /// A user's rating of an item.
    public func rating(user: Int, item: Int) -> Float? {
        let place = byUser[user].place(of: Int32(item))
        return place.isFound ? byUser[user][place.index].value : nil
    }

    // MARK: - Changes

    /// The number of a user, a new one if the ID is not there yet.
    @discardableResult
    public mutating func addUser(_ id: String) -> Int {
        let number = users.add(id)
        if number == byUser.count { byUser.append([]) }
        return number
    }

    /// The number of an item, a new one if the ID is not there yet.
    @discardableResult
    public mutating func addItem(_ id: String) -> Int {
        let number = items.add(id)
        if number == byItem.count {
            byItem.append([])
            items.setPresent(number, keepsUnratedItems)
        }
        return number
    }

    /// Sets the rating of a user for an item, or removes it.
    ///
    /// - Parameter value: in `RatingScale.widest`; nil removes.
    /// - Returns: the rating before, or nil if there was none.
    @discardableResult
    public mutating func set(_ value: Float?, user: Int, item: Int) -> Float? {
        precondition(value.map { RatingScale.widest.contains($0) } ?? true, "a rating out of range")
        let old = byUser[user].set(value, Int32(item))
        guard old != value else { return old }
        _ = byItem[item].set(value, Int32(user))
        count += (value == nil ? 0 : 1) - (old == nil ? 0 : 1)
        users.setPresent(user, !byUser[user].isEmpty)
        items.setPresent(item, keepsUnratedItems || !byItem[item].isEmpty)
        changed.users.append(Int32(user))
        changed.items.append(Int32(item))
        return old
    }

    /// Whether nothing changed since `settle()`.
    public var isSettled: Bool { changed.users.isEmpty && users.isSettled && items.isSettled }

    /// Ends a batch: brings the orders of users and items up to date.
    ///
    /// - Returns: what changed since the last call.
    /// - Complexity: O(changes · log changes), plus O(users + items) if some are new, and their logarithm if the kind of
    ///   order changed.
    public mutating func settle() -> RatingChanges {
        var changes = RatingChanges()
        changes.users = changed.users.sortedUnique
        changes.items = changed.items.sortedUnique
        changes.reordersUsers = users.settle()
        changes.reordersItems = items.settle()
        changed = RatingChanges()
        return changes
    }
}

/// What a batch changed.
public struct RatingChanges: Sendable, Equatable {
    /// The users whose ratings changed, by number, ascending.
    public internal(set) var users: [Int32] = []
    /// The items whose ratings changed, by number, ascending.
    public internal(set) var items: [Int32] = []
    /// Whether old users changed places among each other, because IDs sort as text now or as numbers again.
    public internal(set) var reordersUsers = false
    /// The same for items.
    public internal(set) var reordersItems = false
}

// MARK: - Rows

extension [MutableRatings.Entry] {
    /// The place of a number, or the one that it would have.
    fileprivate func place(of number: Int32) -> (index: Int, isFound: Bool) {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return (low, low < count && self[low].number == number)
    }

    fileprivate mutating func set(_ value: Float?, _ number: Int32) -> Float? {
        let place = place(of: number)
        let old = place.isFound ? self[place.index].value : nil
        switch (value, place.isFound) {
        case (let value?, true): self[place.index].value = value
        case (let value?, false): insert(Element(number: number, value: value), at: place.index)
        case (nil, true): remove(at: place.index)
        case (nil, false): break
        }
        return old
    }
}

extension [Int32] {
    fileprivate var sortedUnique: [Int32] {
        let sorted = sorted()
        return sorted.indices.filter { $0 == 0 || sorted[$0 - 1] != sorted[$0] }.map { sorted[$0] }
    }
}

extension MutableVocabulary {
    fileprivate func sorted(_ row: [MutableRatings.Entry]) -> [MutableRatings.Entry] {
        let isSorted = zip(row, row.dropFirst()).allSatisfy { rank(of: Int($0.number)) < rank(of: Int($1.number)) }
        return isSorted ? row : row.sorted { rank(of: Int($0.number)) < rank(of: Int($1.number)) }
    }
}
