import Foundation
import GRDB
import Store
import TestSupport
import Testing

struct StoreTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws { scratch = try Scratch() }

    @Test func `missing store is not created`() {
        #expect(throws: StoreError.missing(path: path)) { try Store(path) }
        #expect(scratch.names.isEmpty)
    }

    @Test func `other files are rejected`() throws {
        try scratch.write("s.sqlite", String(repeating: "user,item,rating\n", count: 200))
        #expect { try Store(path) } throws: { error in
            guard case StoreError.damaged = error else { return false }
            return true
        }
    }

    @Test func `damaged store is detected`() throws {
        let store = try Store(path, creates: true)
        _ = try store.importRatings(
            .rows((0..<2_000).map { ("u\($0)", "i\($0 % 50)", 3, Int64($0 + 1)) }), now: now)
        try store.checkpoint()
        var bytes = try scratch.read("s.sqlite")
        for place in stride(from: 40_000, to: 60_000, by: 7) { bytes[place] ^= 0x5A }
        try scratch.write("copy.sqlite", bytes)
        #expect(throws: StoreError.self) { try Store(scratch.path("copy.sqlite")).verify() }
        try store.verify()
    }

    @Test func `store of a newer version is rejected`() throws {
        _ = try Store(path, creates: true)
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 future')") }
        #expect(throws: StoreError.newer(path: path)) { try Store(path) }
    }

    @Test func `locked store is reported`() throws {
        let store = try Store(path, creates: true)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(throws: StoreError.locked(path: path)) {
            _ = try store.importRatings(.rows([("u", "a", 1, 1)]), now: now)
        }
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        #expect(try store.importRatings(.rows([("u", "a", 1, 1)]), now: now).kept == 1)
    }

    @Test func `empty store is reported`() throws {
        #expect(throws: StoreError.self) { try Store(path, creates: true).ratings(threads: 1) }
    }
}
