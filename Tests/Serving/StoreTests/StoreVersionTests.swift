import Foundation
import GRDB
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

/// Stores of earlier versions, which have no application id, and stores that are only read.
struct StoreVersionTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        _ = try Store(path, creates: true).importRatings(
            .rows([("u", "a", 1, 100), ("v", "a", 3, 200)]), now: now)
    }

    /// Big-endian, at byte 68 of the header.
    private var mark: String {
        get throws { String(decoding: try scratch.read("s.sqlite")[68..<72], as: UTF8.self) }
    }

    /// Makes the store one of an earlier version, as that version would have left it.
    private func age(_ sql: String = "") throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = 0;
                    DELETE FROM grdb_migrations WHERE identifier = '11 application id';
                    """ + sql)
            try database.checkpoint(.truncate)
        }
        try queue.close()
        #expect(try mark == "\0\0\0\0")
    }

    @Test func `the application id is in the file before its first checkpoint`() throws {
        let new = scratch.path("new.sqlite")
        let store = try Store(new, creates: true)
        let header = try scratch.read("new.sqlite")
        #expect(header[68..<72] == Data("KIND".utf8))
        withExtendedLifetime(store) {}
    }

    @Test func `an unmarked store is read as it is and marked by a writer`() throws {
        try age()
        let before = try scratch.read("s.sqlite")
        #expect(try Store(reading: path).ratings(threads: 1).dataset.ratings.count == 2)
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM rating_details", path) == ["2"])
        #expect(try scratch.read("s.sqlite") == before)
        let store = try Store(path)
        try store.checkpoint()
        #expect(try mark == "KIND")
        #expect(try Store(reading: path).ratings(threads: 1).dataset.ratings.count == 2)
    }

    /// Killed after its migration, a store has the mark in its log alone.
    @Test func `the mark in a log is found`() throws {
        try age()
        let store = try Store(path)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: scratch.path("copy.sqlite" + suffix))
        }
        withExtendedLifetime(store) {}
        #expect(try scratch.read("copy.sqlite")[68..<72] == Data([0, 0, 0, 0]))
        #expect(try Store(reading: scratch.path("copy.sqlite")).ratings(threads: 1).dataset.ratings.count == 2)
    }

    @Test func `what an earlier version did not have is named`() throws {
        try age("DROP VIEW rating_details; DELETE FROM grdb_migrations WHERE identifier = '10 details';")
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM ratings", path) == ["2"])
        #expect(try Store(reading: path).ratings(threads: 1).dataset.ratings.count == 2)
        #expect(throws: StoreError.older(path: path, detail: "no such table: rating_details")) {
            try ReadOnlyQuery("SELECT * FROM rating_details").run(onStoreAt: path)
        }
        #expect(throws: StoreError.query("no such table: films")) {
            _ = try Store(path)
            _ = try ReadOnlyQuery("SELECT * FROM films").run(onStoreAt: path)
        }
    }

    @Test func `a store opened to read takes no ratings`() async throws {
        let store = try Store(reading: path)
        let event = RatingEvent(user: "u", item: "a", value: 3, time: 400)
        await #expect {
            try await store.apply([RatingSubmission(.rate([event]))], now: now)
        } throws: { error in
            guard case StoreError.notPermitted = error else { return false }
            return true
        }
    }
}
