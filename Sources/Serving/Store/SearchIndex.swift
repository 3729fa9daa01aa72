import Foundation
import GRDB

/// Finds items by words of their titles and genres: the beginning of the last word is enough, accents and case do not count,
/// and where too few items have all words, those come behind whose titles share most trigrams with the query.
enum SearchIndex {
    /// The virtual tables made anew, whatever state their own tables are in, and filled.
    static func recreate(_ database: Database) throws {
        for table in ["item_words", "item_trigrams"] { try database.execute(sql: "DROP TABLE \(table)") }
        try database.execute(sql: Schema.search)
        try rebuild(database)
    }

    /// Takes all titles and genres in anew, and counts how many have rated each item, of those who count for analytics.
    static func rebuild(_ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE items SET popularity = counts.ratings
                FROM (SELECT item, count(*) AS ratings FROM ratings_for_analytics GROUP BY item) AS counts
                WHERE items.item = counts.item
                """)
        for table in ["item_words", "item_trigrams"] {
            try database.execute(sql: "INSERT INTO \(table) (\(table)) VALUES ('delete-all')")
        }
        try database.execute(
            sql: """
                INSERT INTO item_words (rowid, title, genres)
                SELECT item, title, (SELECT group_concat(name, ' ') FROM item_genres JOIN genres USING (genre)
                    WHERE item_genres.item = items.item)
                FROM items WHERE title IS NOT NULL
                """)
        let insert = try database.makeStatement(sql: "INSERT INTO item_trigrams (rowid, title) VALUES (?, ?)")
        let rows = try Row.fetchCursor(database, sql: "SELECT item, title FROM items WHERE title IS NOT NULL")
        while let row = try rows.next() {
            try insert.execute(arguments: [row[at: 0] as Int64, folded(row[at: 1])])
        }
    }

    /// Takes one item in that the index does not have yet.
    static func add(_ item: Int64, title: String, genres: [String], to database: Database) throws {
        try database.execute(
            sql: "INSERT INTO item_words (rowid, title, genres) VALUES (?, ?, ?)",
            arguments: [item, title, genres.isEmpty ? nil : genres.joined(separator: " ")])
        try database.execute(
            sql: "INSERT INTO item_trigrams (rowid, title) VALUES (?, ?)", arguments: [item, folded(title)])
    }

    /// The numbers of items that match, best first.
    ///
    /// - Complexity: O(items that share a word or a trigram).
    static func find(_ query: String, limit: Int, in database: Database) throws -> [Int64] {
        let words = folded(query).split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard !words.isEmpty else { return [] }
        // Quoted, so that no word is taken for an operator.
        let pattern = words.map { "\"\($0)\"" }.joined(separator: " ") + "*"
        // A word of the title counts more than one of the genres; of equals, the item that more have rated comes first.
        let exact = try Int64.fetchAll(
            database,
            sql: """
                SELECT rowid FROM item_words WHERE item_words MATCH ?
                ORDER BY bm25(item_words, 10, 1), (SELECT popularity FROM items WHERE item = item_words.rowid) DESC, rowid
                LIMIT ?
                """, arguments: [pattern, limit])
        guard exact.count < limit else { return exact }
        let known = Set(exact)
        return exact + (try similar(words, in: database).filter { !known.contains($0) }.prefix(limit - exact.count))
    }

    /// Items whose titles are spelled like the words, most alike first.
    private static func similar(_ words: [String], in database: Database) throws -> [Int64] {
        let wanted = trigrams(words.joined(separator: " "))
        guard !wanted.isEmpty else { return [] }
        let pattern = wanted.sorted().map { "\"\($0)\"" }.joined(separator: " OR ")
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT item, title FROM items WHERE item IN (
                    SELECT rowid FROM item_trigrams WHERE item_trigrams MATCH ? ORDER BY bm25(item_trigrams) LIMIT 200)
                """, arguments: [pattern])
        let scored = try rows.map { row -> (item: Int64, likeness: Double) in
            try (row[at: 0], likeness(wanted, trigrams(withoutYear(folded(row[at: 1])))))
        }
        return scored.filter { $0.likeness >= leastLikeness }
            .sorted { ($1.likeness, $0.item) < ($0.likeness, $1.item) }.map(\.item)
    }

    private static let leastLikeness = 0.3

    /// The mean of what share of the query's trigrams a title has and of Dice's coefficient, 2·shared / (both): the first
    /// finds a word within a long title, the second prefers the short one.
    ///
    /// `abcd` and `abcef` share `abc`, one of 2 and 3 trigrams: (1/2 + 2/5) / 2 = 0.45.
    static func likeness(_ query: Set<String>, _ title: Set<String>) -> Double {
        guard !query.isEmpty else { return 0 }
        let shared = Double(query.intersection(title).count)
        return (shared / Double(query.count) + 2 * shared / Double(query.count + title.count)) / 2
    }

    static func trigrams(_ text: String) -> Set<String> {
        let letters = Array(text)
        guard letters.count >= 3 else { return [] }
        return Set((0...letters.count - 3).map { String(letters[$0..<$0 + 3]) })
    }

    /// Without case and accents.
    static func folded(_ text: String) -> String {
        text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
    }

    /// `heat (1995)` → `heat`, for queries seldom name the year.
    private static func withoutYear(_ title: String) -> String {
        guard title.hasSuffix(")"), let open = title.lastIndex(of: "(") else { return title }
        return title[..<open].trimmingCharacters(in: .whitespaces)
    }
}

extension Store {
    /// The ids of items that match words of a title or a genre, best first.
    public func search(_ query: String, limit: Int) throws(StoreError) -> [String] {
        try read { database in
            let found = try SearchIndex.find(query, limit: limit, in: database)
            return try found.compactMap {
                try String.fetchOne(database, sql: "SELECT id FROM items WHERE item = ?", arguments: [$0])
            }
        }
    }
}
