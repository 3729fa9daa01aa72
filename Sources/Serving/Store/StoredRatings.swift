import GRDB
public import Ratings

/// The ratings of a store as they stand at one moment, with what is known of items and users.
public struct StoredRatings: Sendable {
    public let dataset: Dataset
    /// The last change of ratings, by submissions, that is among them.
    public let change: Int64
    /// How many imports are among them whole.
    public let imports: Int
}

extension Store {
    /// - Parameter hasAllItems: whether items that nobody has rated are there too; a file of ratings would not have them.
    /// - Throws: `StoreError.refused` where there is no rating.
    /// - Complexity: O(ratings) time and memory.
    public func ratings(threads: Int, hasAllItems: Bool = false) throws(StoreError) -> StoredRatings {
        let (entries, userIDs, itemIDs, change, imports) = try read { database in
            let entries = try StoredEntries(database)
            return (
                entries, try StoredIDs(database, "user", "users", among: Set(entries.users)),
                try StoredIDs(database, "item", "items", among: hasAllItems ? nil : Set(entries.items)),
                try Int64.fetchOne(database, sql: "SELECT max(change) FROM changed_users") ?? 0,
                try Self.importCount(database)
            )
        }
        guard entries.values.count > 0 else { throw .refused("\(path): the store holds no rating yet") }
        let matrix: RatingMatrix
        do {
            matrix = try RatingMatrix.assemble(
                [entries.numbered(userIDs, itemIDs)], users: userIDs.vocabulary, items: itemIDs.vocabulary,
                threads: threads
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
            (
                try StoredIDs(database, "item", "items", numbering: ratings.items),
                try StoredIDs(database, "user", "users", numbering: ratings.users)
            )
        }
        return Dataset(
            ratings: ratings, items: try itemCatalog(itemIDs), users: try userCatalog(userIDs), source: path)
    }

    private func itemCatalog(_ ids: StoredIDs) throws(StoreError) -> ItemCatalog {
        try read { database in
            let names = try String.fetchAll(database, sql: "SELECT name FROM genres ORDER BY genre")
            let numbers = try Int64.fetchAll(database, sql: "SELECT genre FROM genres ORDER BY genre")
            let places = Dictionary(uniqueKeysWithValues: zip(numbers, numbers.indices))
            var titles = [String?](repeating: nil, count: ids.vocabulary.count)
            var genres = [[Int]](repeating: [], count: ids.vocabulary.count)
            let titleRows = try Row.fetchCursor(database, sql: "SELECT item, title FROM items WHERE title IS NOT NULL")
            while let row = try titleRows.next() {
                if let item = ids.index(of: row[0]) { titles[item] = row[1] }
            }
            let genreRows = try Row.fetchCursor(
                database, sql: "SELECT item, genre FROM item_genres ORDER BY item, genre")
            while let row = try genreRows.next() {
                if let item = ids.index(of: row[0]), let place = places[row[1]] { genres[item].append(place) }
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
                        if let user = ids.index(of: row[0]) { values[user] = row[1] }
                    }
                    return UserCatalog.Attribute(name: name, values: values)
                })
        }
    }
}

/// The ids of one side, and which index each number of the store has.
struct StoredIDs {
    let vocabulary: Vocabulary
    /// By the store's number; -1 where there is none.
    private let indices: [Int32]

    /// - Parameters:
    ///   - vocabulary: the ids that count, or nil for all.
    ///   - present: the numbers that count, or nil for all.
    init(
        _ database: Database, _ column: String, _ table: String, numbering vocabulary: Vocabulary? = nil,
        among present: Set<Int64>? = nil
    ) throws {
        let rows = try Row.fetchAll(database, sql: "SELECT \(column), id FROM \(table)").filter { row in
            present?.contains(row[0]) ?? true
        }
        let ids: [String] = rows.map { $0[1] }
        let vocabulary = vocabulary ?? Vocabulary(ids)
        self.vocabulary = vocabulary
        let numbers: [Int64] = rows.map { $0[0] }
        var indices = [Int32](repeating: -1, count: Int(numbers.max() ?? 0) + 1)
        for (number, id) in zip(numbers, ids) { indices[Int(number)] = Int32(vocabulary.index(of: id) ?? -1) }
        self.indices = indices
    }

    func index(of number: Int64) -> Int? {
        guard indices.indices.contains(Int(number)), indices[Int(number)] >= 0 else { return nil }
        return Int(indices[Int(number)])
    }
}

/// The ratings by the store's numbers.
private struct StoredEntries {
    private(set) var users: [Int64] = []
    private(set) var items: [Int64] = []
    private(set) var values: [Float] = []
    private(set) var times: [Int64] = []
    private(set) var hasAllTimes = true

    init(_ database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT user, item, value, time FROM ratings ORDER BY user, item")
        while let row = try rows.next() {
            users.append(row[0])
            items.append(row[1])
            values.append(row[2])
            let time: Int64? = row[3]
            hasAllTimes = hasAllTimes && time != nil
            times.append(time ?? 0)
        }
    }

    func numbered(_ userIDs: StoredIDs, _ itemIDs: StoredIDs) -> RatingEntries {
        RatingEntries(
            users: users.map { Int32(userIDs.index(of: $0) ?? -1) },
            items: items.map { Int32(itemIDs.index(of: $0) ?? -1) }, values: values,
            timestamps: hasAllTimes ? times : nil)
    }
}
