import Foundation
import GRDB
import LinearAlgebra
import Platform
import Ratings
import Store
import TestSupport
import Testing

/// What the disk or another program has altered is refused, with what helps.
struct IntegrityTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        _ = try store.importRatings(
            .rows(
                [("u", "a", 1, 100), ("v", "b", 2, 100), ("v", "a", 4, 100)], titles: ["a": "Alien", "b": "Brazil"],
                genres: ["a": ["Horror"]]), now: now)
    }

    /// As another program does it, with what SQLite leaves off: foreign keys.
    private func change(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: store.path, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    private func problem(_ body: () throws -> Void) -> String? {
        do { try body() } catch StoreError.inconsistent(_, let problem, let remedy) {
            return "\(problem). \(remedy)"
        } catch {
            return "\(error)"
        }
        return nil
    }

    @Test(
        "15.3: a changed rating, id, title or setting is refused",
        arguments: [
            ("UPDATE ratings SET value = 5 WHERE user = 1", "ratings"),
            ("UPDATE ratings SET time = 700 WHERE user = 1", "ratings"),
            ("UPDATE users SET id = 'w' WHERE id = 'u'", "users"),
            ("UPDATE items SET id = 'c' WHERE id = 'a'", "items"),
            ("UPDATE items SET title = 'Aliens' WHERE id = 'a'", "titles"),
            ("UPDATE genres SET name = 'Comedy'", "titles"),
            ("DELETE FROM item_genres", "titles"),
            ("UPDATE settings SET value = 9.0 WHERE name = 'scale_most'", "settings"),
        ])
    func changedRow(_ sql: String, _ what: String) throws {
        _ = try store.ratings(threads: 1)
        try change(sql)
        let found = problem { _ = try store.ratings(threads: 1) }
        #expect(found?.contains(what) == true && found?.contains("accept") == true, "\(found ?? "")")
    }

    @Test("15.3: a changed rating is not answered, and what was meant can be accepted")
    func acceptedRow() throws {
        try change("UPDATE ratings SET value = 5 WHERE user = 1")
        #expect(problem { _ = try store.ratings(ofUser: "u") }?.contains("changed since") == true)
        #expect(problem { _ = try store.newestRatings(limit: 5) }?.contains("changed since") == true)
        #expect(problem { _ = try store.ratings(ofUser: "v") } == nil)
        try change("UPDATE ratings SET seal = NULL")
        #expect(try store.ratings(ofUser: "u")?.map(\.event.value) == [5])
        #expect(problem { _ = try store.ratings(threads: 1) } == nil)
    }

    @Test("15.4: rows without their user or item are refused, and the remedy works")
    func orphans() throws {
        try change("DELETE FROM users WHERE id = 'u'")
        #expect(problem { try store.verify() }?.contains("refer to") == true)
        let found = try #require(problem { _ = try store.ratings(threads: 1) })
        let remedy = try #require(found.firstMatch(of: /DELETE FROM .*;/)?.0)
        try change(String(remedy))
        #expect(try store.ratings(threads: 1).dataset.ratings.count == 2)
        try store.verify()
    }

    @Test(
        "15.4: numbers and values that nobody expects stop nothing",
        arguments: [
            "UPDATE ratings SET value = 1e30, seal = NULL", "UPDATE ratings SET value = 9e999, seal = NULL",
            "UPDATE users SET user = -3, seal = NULL WHERE id = 'u'",
            "UPDATE users SET user = 9223372036854775807, seal = NULL WHERE id = 'u'",
            "INSERT INTO ratings VALUES (9223372036854775807, -9223372036854775808, 3, NULL, NULL, NULL)",
            "UPDATE item_genres SET genre = 99", "UPDATE ratings SET time = -9223372036854775808, seal = NULL",
        ])
    func unexpectedValues(_ sql: String) throws {
        try change(sql)
        _ = problem {
            let stored = try store.ratings(threads: 2)
            #expect(stored.dataset.ratings.byUser.values.allSatisfy { $0.isFinite && $0 < 1e9 })
        }
        _ = problem { _ = try store.ratings(ofUser: "u") }
        _ = problem { try store.verify() }
    }

    @Test("15.4: numbers far apart are read")
    func sparseNumbers() throws {
        try change("UPDATE users SET user = 4000000000, seal = NULL WHERE id = 'u'")
        try change("UPDATE ratings SET user = 4000000000, seal = NULL WHERE user = 1")
        let ratings = try store.ratings(threads: 1).dataset.ratings
        #expect(ratings.users == Vocabulary(["u", "v"]) && ratings.count == 3)
    }

    @Test("15.3: a changed index for searching is made anew")
    func searchIndex() throws {
        #expect(try !store.repairSearch())
        try change("DELETE FROM item_words_data WHERE id > 10; UPDATE item_trigrams_docsize SET sz = x'07'")
        #expect(try store.repairSearch() && !store.repairSearch())
        #expect(try store.search("alien", limit: 5) == ["a"])
    }

    @Test("15.3: an import that broke off leaves no seal that does not hold")
    func interruptedImport() throws {
        let other = ImportSource.rows([("x", "q", 3, 50)], checksum: "two", titles: ["q": "Quiet"])
        let queue = try DatabaseQueue(path: store.path)
        try queue.write {
            try $0.execute(sql: "CREATE TRIGGER fail BEFORE INSERT ON ratings BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        #expect(throws: StoreError.self) { try store.importRatings(other, now: now) }
        #expect(problem { _ = try store.ratings(threads: 1) } == nil)
        try queue.write { try $0.execute(sql: "DROP TRIGGER fail") }
        _ = try store.importRatings(other, now: now)
        #expect(problem { _ = try store.ratings(threads: 1) } == nil)
    }

    // MARK: The file

    @Test(
        "15.11: nothing is acknowledged into a file that was removed or replaced",
        arguments: ["s.sqlite", "s.sqlite-wal"])
    func replacedFile(_ name: String) async throws {
        let rating = RatingSubmission(.rate([RatingEvent(user: "u", item: "a", value: 3, time: 200)]))
        #expect(try await store.apply([rating], now: now) == [.done])
        let bytes = try scratch.read(name)
        try FileManager.default.removeItem(atPath: scratch.path(name))
        await #expect(throws: StoreError.replaced(path: store.path)) { try await store.apply([rating], now: now) }
        #expect(!store.isInPlace)
        try scratch.write(name, bytes)
        #expect(throws: StoreError.replaced(path: store.path)) { try store.removeKey(named: "nobody") }
    }

    /// Closing any other descriptor of the file would drop the locks that SQLite holds, and the log could go.
    @Test(
        "15.11: questions about the file leave the locks of an open store",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3"), "sqlite3 is not installed"))
    func keepsLocks() throws {
        _ = try ReadOnlyQuery("SELECT 1").run(onStoreAt: store.path)
        #expect(Store.isDatabase(store.path))
        try Store.requireStoreOrNothing(store.path)
        // What closes last removes the log; another program that takes itself for the last would.
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        shell.arguments = ["sqlite3", store.path, "SELECT count(*) FROM users; PRAGMA wal_checkpoint;"]
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0)
        #expect(store.isInPlace && FileManager.default.fileExists(atPath: store.path + "-wal"))
    }

    @Test("15.17: one service at a time holds a store")
    func claim() throws {
        var first = try store.claim()
        #expect(first != nil)
        #expect(try store.claim() == nil)
        first = nil
        #expect(!FileManager.default.fileExists(atPath: store.path + "-service"))
        #expect(try store.claim() != nil)
    }

    // MARK: Runs

    private func saveRun() throws {
        var result = RunResult(users: Vocabulary(["u", "v"]), items: Vocabulary(["a", "b"]))
        result.recommendations = [.init(user: 0, model: "als", place: 1, item: 1, predictedRating: 4.5, score: nil)]
        result.files = [("one", Data([1])), ("two", Data([2]))]
        try store.save(
            StoredRun(
                kind: "refresh", started: now, seconds: 0.1, ratings: 2, options: "{}", version: "1",
                metrics: [.init(model: "als", metric: "rmse", value: 0.9)],
                stages: [.init(stage: "als", seconds: 0.05)], comparison: .own), result)
    }

    @Test(
        "15.3: a changed run or file of it is refused",
        arguments: [
            "UPDATE run_files SET bytes = x'03' WHERE name = 'one'", "DELETE FROM run_files WHERE name = 'one'",
            "UPDATE run_files SET name = 'three' WHERE name = 'one'", "UPDATE run_files SET sha256 = NULL",
            "UPDATE run_files SET sha256 = x'00' WHERE name = 'one'", "UPDATE runs SET started = 1",
            "UPDATE runs SET options = '{ }'", "UPDATE runs SET compared_run = NULL", "UPDATE runs SET token = 5",
            "UPDATE run_metrics SET value = 0.8", "UPDATE run_stages SET seconds = 3", "UPDATE runs SET files = NULL",
            "DELETE FROM run_metrics",
        ])
    func changedRun(_ sql: String) throws {
        try saveRun()
        #expect(try store.newestRun()?.files.count == 2)
        try change(sql)
        #expect(problem { _ = try store.newestRun() }?.contains("computed again") == true)
        #expect(try store.runs(limit: 5, offset: 0).runs.allSatisfy { $0.metrics.map(\.value) == [0.9] })
    }

    @Test(
        "15.3: a changed list is refused",
        arguments: [
            "predicted_rating = 1", "score = 1.0", "item = 1", "place = 2", "model = 'knn'", "user = 2", "seal = NULL",
        ])
    func changedList(_ assignment: String) throws {
        try saveRun()
        let run = try #require(try store.newestRun()).run
        #expect(try store.recommendations(of: run, limit: 5, offset: 0).rows.count == 1)
        try change("UPDATE recommendations SET \(assignment)")
        #expect(
            problem { _ = try store.recommendations(of: run, limit: 5, offset: 0) }?.contains("admin/refresh") == true)
    }

    @Test("15.15: a store that has had keys stays closed")
    func closed() throws {
        #expect(try !store.isClosed())
        try store.add(StoredKey(hash: Data([1]), name: "k", role: .admin, created: 0))
        try store.removeKey(named: "k")
        #expect(try store.isClosed() && store.keys().isEmpty)
        _ = try store.importRatings(.rows([("x", "a", 3, 50)], checksum: "two"), now: now)
        #expect(try store.isClosed())
    }
}
