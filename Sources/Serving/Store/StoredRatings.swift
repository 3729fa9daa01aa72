import GRDB
public import Ratings

/// The ratings of a store as they stand at one moment, with what is known of items and users.
public struct StoredRatings: Sendable {
    public var dataset: Dataset
    /// The last change of ratings, by submissions, that is among them.
    public let change: Int64
    /// How many imports are among them whole.
    public let imports: Int
}

extension Store {
    /// The ratings of users whose data may be used for some purposes: as if the others had never rated.
    ///
    /// - Parameter hasAllItems: whether items that nobody has rated are there too; a file of ratings would not have them.
    /// - Throws: `StoreError.refused` where there is no rating.
    /// - Complexity: O(ratings) time and memory.
    public func ratings(
        threads: Int, hasAllItems: Bool = false, for purposes: [Purpose] = [.personalization]
    ) throws(StoreError) -> StoredRatings {
        let (entries, userIDs, itemIDs, change, imports, decision) = try read { database in
            for seal in [TableSeals.catalogs, .settings] { try seal.require(database, of: self) }
            let entries = try StoredEntries(database, of: self, for: purposes)
            return (
                entries, try StoredIDs(database, .users, of: self, among: Set(entries.users)),
                try StoredIDs(database, .items, of: self, among: hasAllItems ? nil : Set(entries.items)),
                try Int64.fetchOne(database, sql: "SELECT max(change) FROM changed_users") ?? 0,
                try Self.importCount(database), try Self.newestDecision(database)
            )
        }
        guard entries.values.count > 0 else {
            throw .refused(
                "\(path): the store holds no rating "
                    + (decision == 0 ? "yet" : "of a user whose data may be used for \(purposes.words)"))
        }
        let numbered = try entries.numbered(userIDs, itemIDs, of: self)
        let matrix: RatingMatrix
        do {
            matrix = try RatingMatrix.assemble(
                [numbered], users: userIDs.vocabulary, items: itemIDs.vocabulary, threads: threads
            ).matrix
        } catch { throw .refused("\(error)") }
        return StoredRatings(
            dataset: Dataset(
                ratings: matrix, items: try itemCatalog(itemIDs), users: try userCatalog(userIDs), source: path),
            change: change, imports: imports)
    }

    /// Ratings of an earlier state with what is known of their items and users now.
    public func dataset(of ratings: RatingMatrix) throws(StoreError) -> Dataset {
        let (itemIDs, userIDs) = try read { database in
            for seal in [TableSeals.catalogs, .settings] { try seal.require(database, of: self) }
            return (
                try StoredIDs(database, .items, of: self, numbering: ratings.items),
                try StoredIDs(database, .users, of: self, numbering: ratings.users)
            )
        }
        return Dataset(
            ratings: ratings, items: try itemCatalog(itemIDs), users: try userCatalog(userIDs), source: path)
    }

    private func itemCatalog(_ ids: StoredIDs) throws(StoreError) -> ItemCatalog {
        try read { database in
            let names = try String.fetchAll(database, sql: "SELECT name FROM genres ORDER BY genre")
            let numbers = try Int64.fetchAll(database, sql: "SELECT genre FROM genres ORDER BY genre")
            let places = Dictionary(zip(numbers, numbers.indices)) { first, _ in first }
            var titles = [String?](repeating: nil, count: ids.vocabulary.count)
            var genres = [[Int]](repeating: [], count: ids.vocabulary.count)
            let titleRows = try Row.fetchCursor(database, sql: "SELECT item, title FROM items WHERE title IS NOT NULL")
            while let row = try titleRows.next() {
                if let item = try ids.index(of: row[at: 0]) { titles[item] = try row[at: 1] }
            }
            let genreRows = try Row.fetchCursor(
                database, sql: "SELECT item, genre FROM item_genres ORDER BY item, genre")
            while let row = try genreRows.next() {
                if let item = try ids.index(of: row[at: 0]), let place = try places[row[at: 1]] {
                    genres[item].append(place)
                }
            }
            return ItemCatalog(titles: titles, genreNames: names, genres: genres)
        }
    }

    private func userCatalog(_ ids: StoredIDs) throws(StoreError) -> UserCatalog {
        try read { database in
            let names = try String.fetchAll(database, sql: "SELECT DISTINCT name FROM user_attributes ORDER BY name")
            return UserCatalog(
                attributes: try names.map { name in
                    var values = [String?](repeating: nil, count: ids.vocabulary.count)
                    let rows = try Row.fetchCursor(
                        database, sql: "SELECT user, value FROM user_attributes WHERE name = ?", arguments: [name])
                    while let row = try rows.next() {
                        if let user = try ids.index(of: row[at: 0]) { values[user] = try row[at: 1] }
                    }
                    return UserCatalog.Attribute(name: name, values: values)
                })
        }
    }
}
