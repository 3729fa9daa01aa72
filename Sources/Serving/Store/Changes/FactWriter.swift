import GRDB

/// Writes titles, genres and attributes that come one by one, and keeps the index for searching in step.
final class FactWriter {
    private let database: Database
    private var hasChanged = false
    /// Items whose title or genres have changed after the index had them.
    private var isIndexBehind = false

    init(_ database: Database) { self.database = database }

    func take(_ facts: ItemFacts, _ item: Int64) throws {
        let title = try String.fetchOne(
            database.cachedStatement(sql: "SELECT title FROM items WHERE item = ?"), arguments: [item])
        let genres = try genres(of: item)
        let isNewTitle = facts.title != nil && facts.title != title
        let added = Set(facts.genres).subtracting(genres)
        guard isNewTitle || !added.isEmpty else { return }
        hasChanged = true
        if isNewTitle {
            try database.execute(literal: "UPDATE items SET title = \(facts.title) WHERE item = \(item)")
        }
        for genre in added.sorted() {
            try database.execute(literal: "INSERT OR IGNORE INTO genres (name) VALUES (\(genre))")
            try database.execute(
                literal: "INSERT OR IGNORE INTO item_genres SELECT \(item), genre FROM genres WHERE name = \(genre)")
        }
        if title == nil, let title = facts.title {
            try SearchIndex.add(item, title: title, genres: genres.union(added).sorted(), to: database)
        } else if title != nil {
            isIndexBehind = true
        }
    }

    private func genres(of item: Int64) throws -> Set<String> {
        Set(
            try String.fetchAll(
                database.cachedStatement(
                    sql: "SELECT name FROM item_genres JOIN genres USING (genre) WHERE item = ?"),
                arguments: [item]))
    }

    func take(_ facts: UserFacts, _ user: Int64) throws {
        let set = try database.cachedStatement(
            sql: """
                INSERT INTO user_attributes VALUES (?, ?, ?)
                ON CONFLICT (user, name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value
                """)
        for (name, value) in facts.attributes.sorted(by: { $0.key < $1.key }) {
            try set.execute(arguments: [user, name, value])
            hasChanged = hasChanged || database.changesCount > 0
        }
    }

    /// - Returns: whether anything has changed.
    func finish() throws -> Bool {
        if isIndexBehind { try SearchIndex.rebuild(database) }
        return hasChanged
    }
}
