import FileOutput
import Foundation
import GRDB
import Platform

/// The file of a store, as it is known before SQLite opens it.
///
/// SQLite leaves traces even where it only reads: it plays back journals and creates `-wal` and `-shm`. Another program's
/// database is therefore recognized by its header, or on a connection that touches nothing.
struct StoreFile {
    /// `KIND`, in the header of every store. In those of 0.1 and 0.2 it is 0 until they are migrated.
    static let applicationID: Int32 = 0x4B49_4E44

    /// As the user named it.
    let path: String
    private let url: URL

    init(_ path: String) {
        self.path = path
        url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    }

    /// Where it lies, without symbolic links; never a URI, as which SQLite reads `file:…`.
    var location: String { url.path }

    var exists: Bool { FileKind(path) != .missing }

    /// Whether there is a file without a byte, which SQLite takes for an empty database.
    var isEmpty: Bool { exists && !isOpen && header(1)?.isEmpty == true }

    /// Whether the file begins as an SQLite database does.
    var isDatabase: Bool { isOpen || header(16) == Self.magic }

    /// Whether this process has it open as a store.
    private var isOpen: Bool { OpenStores.contains(location) }

    private static let magic = Data("SQLite format 3\0".utf8)

    /// The application id of an SQLite database, nil for any other file.
    ///
    /// The header is 100 bytes: the magic string first, three fixed numbers at 21 and the id at 68, big-endian
    /// (https://www.sqlite.org/fileformat.html).
    private var applicationID: Int32? {
        guard let header = header(100), header.count == 100, header.starts(with: Self.magic),
            header[21..<24].elementsEqual([64, 32, 32])
        else { return nil }
        return Int32(bitPattern: header[68..<72].reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// The first bytes, nil for what is no regular file: a pipe would lose them.
    private func header(_ count: Int) -> Data? {
        guard (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true,
            let file = FileHandle(forReadingAtPath: url.path)
        else { return nil }
        defer { try? file.close() }
        return try? file.read(upToCount: count) ?? Data()
    }

    /// - Throws: `StoreError` for a file that is no store; the file, and the folder around it, are as before.
    func requireStore() throws(StoreError) {
        if isOpen { return }
        guard exists else { throw .missing(path: path) }
        guard FileManager.default.isReadableFile(atPath: url.path) else {
            throw .notPermitted(path: path, detail: "the file cannot be read")
        }
        guard let id = applicationID else {
            throw .damaged(path: path, detail: isEmpty ? "the file is empty" : "file is not a database")
        }
        switch id {
        case Self.applicationID: return
        case 0: try requireUnmarkedStore()
        default: throw .foreign(path: path, detail: "its application id is \(id)")
        }
    }

    /// A store of 0.1 or 0.2 has the first migration and no tables but ours.
    private func requireUnmarkedStore() throws(StoreError) {
        let (id, migrations, tables) = try Store.translating(path) {
            try untouched(Configuration()).read { database in
                let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
                let migrations =
                    tables.contains("grdb_migrations")
                    ? try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations") : []
                return (try Int32.fetchOne(database, sql: "PRAGMA application_id"), migrations, tables)
            }
        }
        // The mark may still be in the log.
        if id == Self.applicationID { return }
        let unknown = tables.filter { !Schema.holds($0) }
        if let first = unknown.first {
            let others = unknown.count > 1 ? " and \((unknown.count - 1).counted("other"))" : ""
            throw .foreign(path: path, detail: "it has the table \(first)\(others)")
        }
        guard migrations.contains(Schema.firstMigration) else {
            throw .foreign(path: path, detail: "kindred did not create its tables")
        }
    }

    // MARK: Connections that only read

    /// A connection that only reads.
    ///
    /// Readers of a write-ahead log share the file `-shm`. Where it is absent and cannot be created, nobody is writing, and the
    /// file is read without it.
    ///
    /// - Parameter configuration: its preparation must not touch the database, for which it is too early then.
    func reader(_ configuration: Configuration) throws -> DatabaseQueue {
        do {
            var configuration = configuration
            configuration.readonly = true
            return try DatabaseQueue(path: url.path, configuration: configuration)
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
        {
            return try untouched(configuration)
        }
    }

    /// A connection that creates, changes and locks nothing.
    ///
    /// `immutable` would overlook a log. With one, SQLite keeps its index in memory if it has the file for itself; the locks that
    /// this takes are left out.
    private func untouched(_ configuration: Configuration) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        let log = try? URL(fileURLWithPath: url.path + "-wal").resourceValues(forKeys: [.fileSizeKey]).fileSize
        let hasLog = (log ?? 0) > 0
        if hasLog {
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        }
        return try DatabaseQueue(
            path: url.absoluteString + (hasLog ? "?vfs=unix-none" : "?immutable=1"), configuration: configuration)
    }
}

extension DatabaseReader {
    /// Reads the state of one moment. What is absent because an earlier version wrote the store is named as such.
    func read<Value>(storeAt path: String, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try read(body)
        } catch let error as DatabaseError {
            let reason = error.message ?? ""
            let isAbsent = reason.hasPrefix("no such table") || reason.hasPrefix("no such column")
            guard isAbsent, try !read(Schema.migrator.hasCompletedMigrations) else { throw error }
            throw StoreError.older(path: path, detail: reason)
        }
    }
}
