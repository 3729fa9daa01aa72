extension RatingMatrix {
    /// The number of ratings added, removed or changed since an earlier state, plus the users and items in only one of
    /// the two; 0 if both are equal apart from timestamps.
    ///
    /// - Complexity: O(ratings of both) time and O(items) memory.
    public func changeCount(since old: RatingMatrix) -> Int {
        let items = (0..<old.items.count).map { self.items.index(of: old.items[$0]) }
        let users = (0..<old.users.count).map { self.users.index(of: old.users[$0]) }
        let (sharedItems, sharedUsers) = (items.count { $0 != nil }, users.count { $0 != nil })
        var unshared = old.items.count + self.items.count - 2 * sharedItems
        unshared += old.users.count + self.users.count - 2 * sharedUsers
        // The old value of each item for the current user.
        var values = [Float?](repeating: nil, count: self.items.count)
        var (shared, equal) = (0, 0)
        for (oldUser, user) in users.enumerated() {
            guard let user else { continue }
            for (item, value) in old.ratings(ofUser: oldUser) {
                if let item = items[Int(item)] { values[item] = value }
            }
            for (item, value) in ratings(ofUser: user) {
                guard let oldValue = values[Int(item)] else { continue }
                shared += 1
                equal += value == oldValue ? 1 : 0
            }
            for (item, _) in old.ratings(ofUser: oldUser) {
                if let item = items[Int(item)] { values[item] = nil }
            }
        }
        let (added, removed) = (count - shared, old.count - shared)
        return added + removed + (shared - equal) + unshared
    }
}
