import Foundation
import GRDB
import Platform

/// Checksums of whole tables that only imports write: what is known of items and users, the scale, and the index for
/// searching.
enum TableSeals: String, CaseIterable {
    case catalogs, settings, search

    /// What is covered, in an order that does not depend on the disk.
    private var selections: [String] {
        switch self {
        case .catalogs:
            [
                "SELECT item, title, popularity FROM items ORDER BY item",
                "SELECT genre, name FROM genres ORDER BY genre",
                "SELECT item, genre FROM item_genres ORDER BY item, genre",
                "SELECT user, name, value FROM user_attributes ORDER BY user, name",
            ]
        case .settings: ["SELECT name, value FROM settings ORDER BY name"]
        case .search:
            ["item_words", "item_trigrams"].flatMap { table in
                [
                    "SELECT id, block FROM \(table)_data ORDER BY id",
                    "SELECT segid, term, pgno FROM \(table)_idx ORDER BY segid, term",
                    "SELECT id, sz FROM \(table)_docsize ORDER BY id",
                ]
            }
        }
    }

    /// Keeps the checksums of the tables as they are.
    static func write(_ database: Database) throws {
        for seal in allCases { try seal.write(database) }
    }

    /// Keeps the checksum of its tables as they are.
    func write(_ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO seals VALUES (?, ?)", arguments: [rawValue, try digest(database)])
    }

    /// - Throws: `StoreError.inconsistent` where the tables are not as they were written.
    func require(_ database: Database, of store: Store) throws {
        guard try !holds(database) else { return }
        throw StoreError.inconsistent(
            path: store.path, problem: "\(meaning) changed since kindred wrote them",
            remedy: "Restore a copy, or accept them as they are: DELETE FROM seals WHERE name = '\(rawValue)'.")
    }

    private var meaning: String {
        switch self {
        case .catalogs: "titles, genres or attributes"
        case .settings: "the settings"
        case .search: "the index for searching"
        }
    }

    /// Whether the tables are as they were written. Those of a store that an import has not ended in have no checksum yet.
    func holds(_ database: Database) throws -> Bool {
        let kept = try Data.fetchOne(
            database, sql: "SELECT sha256 FROM seals WHERE name = ?", arguments: [rawValue])
        return try kept == nil || kept == digest(database)
    }

    private func digest(_ database: Database) throws -> Data {
        let checksum = Checksum()
        for selection in selections {
            let rows = try Row.fetchCursor(database, sql: selection)
            while let row = try rows.next() {
                for value in row.databaseValues { checksum.update(Self.bytes(value)) }
            }
        }
        return Data(checksum.finish())
    }

    /// With its type and length, so that no two lists of values have the same bytes.
    private static func bytes(_ value: DatabaseValue) -> Data {
        func framed(_ type: String, _ bytes: Data) -> Data { Data("\(type)\(bytes.count):".utf8) + bytes }
        return switch value.storage {
        case .null: framed("n", Data())
        case .int64(let number): framed("i", Data("\(number)".utf8))
        case .double(let number): framed("d", Data("\(number.bitPattern)".utf8))
        case .string(let text): framed("t", Data(text.utf8))
        case .blob(let bytes): framed("b", bytes)
        }
    }
}
