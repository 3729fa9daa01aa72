import Foundation
import GRDB
import Store
import TestSupport
import Testing

/// Databases of other programs, which are told apart before SQLite opens them.
struct ForeignDatabaseTests {
    enum Kind: CaseIterable {
        /// Books and their ratings, with migrations of the same library.
        case library
        /// Songs, among which a version before 0.3 has made its own tables.
        case adopted
        /// Another program's application id.
        case marked
        /// A write-ahead log, closed in good order.
        case log
        /// A write-ahead log that a program that was killed has left, copied without its index.
        case openLog
        /// No table at all.
        case empty

        func make(at path: String) throws {
            if self == .adopted { _ = try Store(path, creates: true) }
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                switch self {
                case .library:
                    try database.execute(
                        sql: """
                            CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT);
                            CREATE TABLE ratings (id INTEGER PRIMARY KEY, rating INTEGER);
                            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                            """)
                case .adopted:
                    try database.execute(
                        sql: """
                            CREATE TABLE songs (id INTEGER PRIMARY KEY, name TEXT);
                            PRAGMA application_id = 0;
                            DELETE FROM grdb_migrations WHERE identifier = '11 application id';
                            """)
                    try database.checkpoint(.truncate)
                case .marked:
                    try database.execute(sql: "CREATE TABLE ratings (a); PRAGMA application_id = 0x47504B47;")
                case .log, .openLog:
                    try database.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE ratings (a);")
                case .empty: try database.execute(sql: "PRAGMA user_version = 1")
                }
            }
            if self == .openLog {
                try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
                try FileManager.default.copyItem(atPath: path + "-wal", toPath: path + ".copy-wal")
            }
            try queue.close()
            if self == .openLog {
                try FileManager.default.removeItem(atPath: path)
                try FileManager.default.moveItem(atPath: path + ".copy", toPath: path)
                try FileManager.default.moveItem(atPath: path + ".copy-wal", toPath: path + "-wal")
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `another program's database is refused and left as it is`(_ kind: Kind) throws {
        let scratch = try Scratch()
        let path = scratch.path("other.db")
        try kind.make(at: path)
        let before = scratch.contents
        #expect(before.count == (kind == .openLog ? 2 : 1))
        let openings: [() throws -> Void] = [
            { _ = try Store(path) }, { _ = try Store(path, creates: true) }, { _ = try Store(reading: path) },
            { try Store.requireStoreOrNothing(path) }, { _ = try ReadOnlyQuery("SELECT 1").run(onStoreAt: path) },
            { _ = try SchemaGuide.table(ofStoreAt: path) },
        ]
        for open in openings {
            #expect {
                try open()
            } throws: { error in
                guard case StoreError.foreign = error else { return false }
                return "\(error)".contains("not a Kindred store")
            }
            #expect(scratch.contents == before)
        }
        #expect(Store.isDatabase(path))
    }

    @Test func `an empty file becomes a store only where one is created`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("s.sqlite", "")
        #expect(throws: StoreError.damaged(path: path, detail: "the file is empty")) { try Store(path) }
        #expect(try scratch.read("s.sqlite").isEmpty && !Store.isDatabase(path))
        _ = try Store(path, creates: true)
        #expect(try scratch.read("s.sqlite").count > 0)
    }
}
