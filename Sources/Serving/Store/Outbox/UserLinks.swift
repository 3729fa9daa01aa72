import GRDB

/// What the newest run has computed of a user.
public struct UserLinks: Sendable {
    /// The ids of those who are near the user, or whom the user is near to.
    public let neighbors: [String]
    /// The places of the user's lists.
    public let lists: [(model: String, item: String)]
}

extension Store {
    /// Also of a user whose data may not be used any more, so that it can be removed elsewhere.
    public func links(of user: String) throws(StoreError) -> UserLinks {
        try read { database in
            let neighbors = try String.fetchAll(
                database,
                sql: """
                    WITH found (number) AS (SELECT user FROM users WHERE id = ?)
                    SELECT id FROM users WHERE user IN (
                        SELECT neighbor FROM neighbors JOIN found ON user = number
                        UNION SELECT user FROM neighbors JOIN found ON neighbor = number)
                    ORDER BY id
                    """, arguments: [user])
            let lists = try Row.fetchAll(
                database,
                sql: """
                    SELECT model, items.id FROM recommendations JOIN items USING (item)
                    WHERE user = (SELECT user FROM users WHERE id = ?) ORDER BY model, place
                    """, arguments: [user])
            return UserLinks(neighbors: neighbors, lists: try lists.map { (try $0[at: 0], try $0[at: 1]) })
        }
    }
}
