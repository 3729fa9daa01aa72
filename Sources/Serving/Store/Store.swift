import Foundation
import GRDB
import GRDBSQLite
public import Platform

/// The embedded database: ratings with their history, users and items, and what was computed of them, in one SQLite file.
///
/// Writers follow one another; readers see the state of a moment and wait for nobody (write-ahead log). What a write has
/// returned from is on the disk: neither a killed process nor a lost machine takes it back.
public final class Store: Sendable {
    public let path: String
    let database: any DatabaseWriter
    /// nil where the store was opened to read.
    let place: StorePlace?
    let followers = ChangeFollowers()

    /// How long a write waits for that of another process.
    static let patience: TimeInterval = 5

    /// Opens a store to read and write, and brings one of an earlier version up to date.
    ///
    /// - Parameter creates: whether a file that is not there is made.
    /// - Throws: `StoreError`. A file that is no store is left as it is.
    public init(_ path: String, creates: Bool = false) throws(StoreError) {
        self.path = path
        let file = StoreFile(path)
        let isNew = creates && (!file.exists || file.isEmpty)
        if !isNew { try file.requireStore() }
        var configuration = Self.configuration
        configuration.prepareDatabase { database in
            // Each commit reaches the disk before it returns.
            // An import changes pages all over its tables; readers are several, and each keeps pages of its own.
            let cache = database.configuration.readonly ? 8_192 : 65_536
            // What is deleted is overwritten, so that an erasure leaves nothing behind.
            try database.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -\(cache);")
        }
        database = try Self.translating(path) {
            if isNew {
                // For its owner alone, as SQLite makes the log and its index then; a file that is there keeps its mode.
                _ = createPrivateFile(file.location)
                // Before there is a log, so that the mark is in the file whatever happens.
                try DatabaseQueue(path: file.location, configuration: configuration).write(Schema.mark)
            }
            let pool = try DatabasePool(path: file.location, configuration: configuration)
            let migrator = Schema.migrator
            guard try !pool.read(migrator.hasBeenSuperseded) else { throw StoreError.newer(path: path) }
            try migrator.migrate(pool)
            return pool
        }
        let place = try StorePlace(path, location: file.location)
        OpenStores.add(place.file)
        self.place = place
    }

    deinit {
        if let place { OpenStores.remove(place.file) }
    }

    /// Opens a store to read: it is not migrated, and neither the file nor its folder has to be writable.
    ///
    /// - Throws: `StoreError`; `.older` comes from the first read of what an earlier version did not have.
    public init(reading path: String) throws(StoreError) {
        self.path = path
        place = nil
        let file = StoreFile(path)
        try file.requireStore()
        database = try Self.translating(path) {
            let queue = try file.reader(Self.configuration)
            guard try !queue.read(Schema.migrator.hasBeenSuperseded) else { throw StoreError.newer(path: path) }
            return queue
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        return configuration
    }

    /// The version of SQLite that was loaded.
    public static var sqliteVersion: String { unsafe String(cString: sqlite3_libversion()) }

    /// Reads within the state of one moment.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) { try database.read(storeAt: path, body) }
    }

    /// Writes all or, where it throws, nothing; what it returns from is in the file that the path names.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try place?.require()
        let value = try Self.translating(path) { try database.write(body) }
        try place?.require()
        return value
    }

    /// What one process at a time can hold: the claim to write the store as a service.
    ///
    /// - Returns: nil where another process holds it.
    public func claim() throws(StoreError) -> FileLock? {
        do { return try FileLock(path: StoreFile(path).location + "-service") } catch {
            throw .notPermitted(path: path, detail: "\(error.localizedDescription)")
        }
    }

    /// Whether the files are still those that were opened.
    public var isInPlace: Bool { place?.isKept ?? true }

    /// Moves the log into the file, so that a copy of the file alone is whole.
    public func checkpoint() throws(StoreError) {
        try Self.translating(path) { _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
    }

    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do { return try body() } catch { throw StoreError(anything: error, path: path) }
    }
}

extension Store {
    /// Whether a file is an SQLite database, by its first bytes; a pipe is none, and keeps them.
    public static func isDatabase(_ path: String) -> Bool { StoreFile(path).isDatabase }

    /// - Throws: `StoreError` for a file that is there and is no store; it is left as it is.
    public static func requireStoreOrNothing(_ path: String) throws(StoreError) {
        let file = StoreFile(path)
        if file.exists, !file.isEmpty { try file.requireStore() }
    }
}
