import GRDB

extension Store {
    /// Whether the file holds together, and what imports and submissions have written is as they wrote it.
    ///
    /// - Throws: `StoreError.damaged` where SQLite cannot rely on the file, `.inconsistent` where what is in it has changed.
    /// - Complexity: O(bytes).
    public func verify() throws(StoreError) {
        try verifyFile()
        try read { database in
            for seal in [TableSeals.catalogs, .settings] { try seal.require(database, of: self) }
            _ = try StoredEntries(database, of: self)
            for side in [StoredIDs.Side.users, .items] { _ = try StoredIDs(database, side, of: self) }
        }
    }

    private func verifyFile() throws(StoreError) {
        let found = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(3)") }
        guard found == ["ok"] else { throw .damaged(path: path, detail: found.joined(separator: "; ")) }
        let orphans = try read { database in
            try Self.referring.flatMap { try Row.fetchAll(database, sql: "PRAGMA foreign_key_check(\($0))") }
        }
        guard let first = orphans.first else { return }
        let (table, other): (String, String) = try Self.translating(path) { try (first[at: 0], first[at: 2]) }
        throw .inconsistent(
            path: path, problem: "\(orphans.count) rows, such as one of \(table), refer to \(other) that are not there",
            remedy: Self.deletingOrphans)
    }

    /// Makes the index for searching anew where it is not as it was written.
    ///
    /// - Returns: whether it was made anew.
    public func repairSearch() throws(StoreError) -> Bool {
        let isWhole = try read { (try? TableSeals.search.holds($0)) ?? false }
        if isWhole { return false }
        try write { database in
            try SearchIndex.recreate(database)
            // Behind a savepoint, at which the index writes what it has collected.
            try database.inSavepoint {
                try TableSeals.write(database)
                return .commit
            }
        }
        return true
    }

    /// Tables that are nothing without users and items. Of what is computed a refresh takes care.
    private static let referring = ["ratings", "rating_history"]

    static let deletingOrphans =
        "Restore a copy, or delete what refers to nothing: "
        + referring.map {
            "DELETE FROM \($0) WHERE user NOT IN (SELECT user FROM users) OR item NOT IN (SELECT item FROM items);"
        }.joined(separator: " ")

    static let acceptingRows =
        "Restore a copy, or accept the values as they are: UPDATE ratings SET seal = NULL; likewise users and items."
}
