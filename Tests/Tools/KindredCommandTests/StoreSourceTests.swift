import Foundation
import GRDB
import TestSupport
import Testing

/// Databases as sources and as stores: those of other programs, and stores that cannot be written.
struct StoreSourceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Every command that takes a store or a source, with `DB` in its place.
    static let commands: [[String]] = [
        ["graph", "DB", "--output", "o"], ["neighbors", "DB", "--user", "1"], ["recommend", "DB", "--user", "1"],
        ["compare", "DB", "--output", "o"], ["compare", "--train", "DB", "--test", "DB", "--output", "o"],
        ["train", "DB", "--model", "als", "--output", "o"], ["tune", "DB", "--models", "als", "--output", "o"],
        ["replay", "DB", "--output", "o"],
        ["sql", "DB", "SELECT 1"], ["sql", "DB", "--schema"], ["analytics", "DB", "--output", "o"],
        ["keys", "list", "DB"], ["keys", "add", "DB", "--name", "a", "--role", "read"],
        ["keys", "remove", "DB", "--name", "a"], ["serve", "--store", "DB", "--port", "0"],
        ["import", "r.csv", "--store", "DB"], ["import", "DB", "--store", "new.sqlite"],
        ["watch", ".", "--store", "DB", "--once"], ["publish", "DB"],
        ["index", "DB", "--elasticsearch", "http://127.0.0.1:1"],
    ]

    @Test(arguments: commands)
    func `another program's database is refused and left as it is`(_ command: [String]) throws {
        let queue = try DatabaseQueue(path: scratch.path("books.db"))
        try queue.write { try $0.execute(sql: "CREATE TABLE books (id); CREATE TABLE ratings (id, rating);") }
        try queue.close()
        try scratch.write("r.csv", "1,a,3\n1,b,4\n2,a,5\n")
        let before = scratch.contents
        let outcome = try Program.run(Program.url, command.map { $0 == "DB" ? "books.db" : $0 }, in: scratch.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("books.db: this is an SQLite database, but not a Kindred store"))
        #expect(scratch.contents == before)
    }

    /// The folder is a disk of its own, made read-only; a log without its index lies beside the store or not.
    @Test(
        .enabled(if: CommandTests.canMount, "this process may not mount a small disk"), arguments: [false, true])
    func `a store on a read-only disk is read`(_ hasLog: Bool) throws {
        let source = try scratch.sixUsers()
        try scratch.write("disk/keep", "")
        try #require(CommandTests.mountSmallDisk(scratch.path("disk"), size: "4m"))
        defer { _ = try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["umount", scratch.path("disk")]) }
        let store = scratch.path("disk/s.sqlite")
        #expect(try Program.run("import", source, "--store", scratch.path("s.sqlite"), "--quiet").status == 0)
        if hasLog {
            let queue = try DatabaseQueue(path: scratch.path("s.sqlite"))
            try queue.write {
                try $0.execute(sql: "INSERT INTO ratings SELECT 1, max(item), 3, NULL, NULL, NULL FROM items")
            }
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: scratch.path("s.sqlite") + suffix, toPath: store + suffix)
            }
        } else {
            try FileManager.default.copyItem(atPath: scratch.path("s.sqlite"), toPath: store)
        }
        let remount = ["mount", "-o", "remount,ro", scratch.path("disk")]
        try #require(try Program.run(URL(fileURLWithPath: "/usr/bin/env"), remount).status == 0)

        let count = try Program.run("sql", store, "SELECT count(*) FROM ratings", "--format", "csv")
        #expect(count.output == "count(*)\n\(hasLog ? 19 : 18)\n", "\(count.errors)")
        let neighbors = try Program.run("neighbors", store, "--user", "1")
        #expect(neighbors.status == 0 && neighbors.output.contains("similarity"), "\(neighbors.errors)")
        #expect(try Program.run("keys", "list", store).status == 0)
        let refused = try Program.run("import", source, "--store", store)
        #expect(refused.status == 1 && refused.errors.contains("cannot be opened or written"))
    }
}
