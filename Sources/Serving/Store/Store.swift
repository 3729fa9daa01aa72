import Foundation
import GRDB
import GRDBSQLite

/// The embedded database: ratings with their history, users and items, and what was computed of them, in one SQLite file.
///
/// Writers follow one another; readers see the state of a moment and wait for nobody (write-ahead log). What a write has
/// returned from is on the disk: neither a killed process nor a lost machine takes it back.
public final class Store: Sendable {
    public let path: String
    let pool: DatabasePool

    /// How long a write waits for that of another process.
    private static let patience: TimeInterval = 5

    /// Opens a store, and brings one of an earlier version up to date.
    ///
    /// - Parameter creates: whether a file that is not there is made.
    /// - Throws: `StoreError`.
    public init(_ path: String, creates: Bool = false) throws(StoreError) {
        self.path = path
        guard creates || FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.prepareDatabase { database in
            // Each commit reaches the disk before it returns.
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;")
        }
        pool = try Self.translating(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            let migrator = Schema.migrator
            guard try !pool.read(migrator.hasBeenSuperseded) else { throw StoreError.newer(path: path) }
            try migrator.migrate(pool)
            return pool
        }
    }

    /// The version of SQLite that was loaded.
    public static var sqliteVersion: String { unsafe String(cString: sqlite3_libversion()) }

    /// Reads within the state of one moment.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) { try pool.read(body) }
    }

    /// Writes all or, where it throws, nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) { try pool.write(body) }
    }

    /// - Throws: `StoreError.damaged` where the file does not hold together.
    /// - Complexity: O(bytes).
    public func verify() throws(StoreError) {
        let found = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(3)") }
        guard found == ["ok"] else { throw .damaged(path: path, detail: found.joined(separator: "; ")) }
        let orphans = try read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
        guard orphans == 0 else { throw .damaged(path: path, detail: "\(orphans) rows refer to nothing") }
    }

    /// Moves the log into the file, so that a copy of the file alone is whole.
    public func checkpoint() throws(StoreError) {
        try Self.translating(path) { _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
    }

    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch {
            throw .refused("\(error)")
        }
    }
}

extension Store {
    /// Whether a file is an SQLite database, by its first bytes.
    public static func isStore(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
    }
}
