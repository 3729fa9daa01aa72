import Foundation
import GRDB
import Platform
import Ratings

/// Tells within a transaction who was erased and may not come back.
///
/// A tombstone is the keyed hash of an id. Without the store nobody can tell whose it is; with the store, whoever has an id can ask
/// whether it was erased, which is what it is for.
struct Tombstones {
    /// nil where nobody was ever erased, and nothing has to be looked up.
    private let key: Data?
    private let find: Statement

    init(_ database: Database) throws {
        let isUsed = try Bool.fetchOne(database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM tombstones)"))
        key = isUsed == true ? try Self.key(database) : nil
        find = try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM tombstones WHERE hash = ?)")
    }

    private static func key(_ database: Database) throws -> Data? {
        try Data.fetchOne(database, sql: "SELECT tombstone_key FROM erasure_state")
    }

    private static func hash(_ id: String, _ key: Data) -> Data { Data(hmacSHA256(Data(id.utf8), key: key)) }

    /// Whether anybody was erased at all.
    var isUsed: Bool { key != nil }

    /// Whether the user of an id was erased.
    func hold(_ id: String) throws -> Bool {
        guard let key else { return false }
        return try Bool.fetchOne(find, arguments: [Self.hash(id, key)]) ?? false
    }

    /// The users of a source who were erased, by their id or by one of the pseudonyms before it.
    func users(of source: ImportSource) throws -> Set<Int32> {
        guard isUsed else { return [] }
        return try Set(
            (0..<Int32(source.userIDs.count)).filter { try source.ids(ofUser: Int($0)).contains(where: hold) })
    }

    /// Whether a row or message names somebody who was erased.
    func areNamed(in text: String) throws -> Bool {
        guard isUsed else { return false }
        return try IDMention.words(text).contains { try hold($0) }
    }

    static func add(_ id: String, now: Int64, to database: Database) throws {
        guard let key = try key(database) else { return }
        try database.execute(
            sql: "INSERT OR REPLACE INTO tombstones VALUES (?, ?)", arguments: [hash(id, key), now])
    }

    /// Lets somebody come back.
    static func remove(_ id: String, from database: Database) throws {
        guard let key = try key(database) else { return }
        try database.execute(sql: "DELETE FROM tombstones WHERE hash = ?", arguments: [hash(id, key)])
    }
}

extension Store {
    /// Whether the user of an id was erased, and is refused.
    public func isErased(_ id: String) throws(StoreError) -> Bool {
        try read { try Tombstones($0).hold(id) }
    }
}

extension Store {
    /// Lets users of a source come back who were erased. A source that was taken in before is taken again, for their rows.
    func readmitUsers(of source: ImportSource) throws(StoreError) {
        try write { database in
            let tombstones = try Tombstones(database)
            guard tombstones.isUsed else { return }
            let back = try (0..<source.userIDs.count).flatMap(source.ids).filter(tombstones.hold)
            guard !back.isEmpty else { return }
            for id in back { try Tombstones.remove(id, from: database) }
            let known = try Int64.fetchOne(
                database, sql: "SELECT import FROM imports WHERE checksum = ?", arguments: [source.checksum])
            if let known { try Self.forgetImport(known, database) }
        }
    }
}
