import FileOutput
import Foundation
import Platform
import Ratings
import ServingSupport
import Store
import Streams
import Synchronization
import TestSupport
import Testing

/// The table “Watched directory”: what other watchers of folders get wrong, row by row.
struct WatchedFolderTests {
    private let scratch: Scratch
    private let store: Store
    private let news = News()

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path("in"), withIntermediateDirectories: false)
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    /// What the source has told, and changed.
    private final class News: Sendable {
        private let lines = Mutex<[String]>([])
        private let changes = Mutex<[AppliedChanges]>([])

        func add(_ news: FolderNews) { lines.withLock { $0.append("\(news)") } }
        func add(_ change: AppliedChanges) { changes.withLock { $0.append(change) } }
        var all: [String] { lines.withLock { $0 } }
        var allChanges: [AppliedChanges] { changes.withLock { $0 } }
        func has(_ part: String) -> Bool { all.contains { $0.contains(part) } }
    }

    private func source(
        keeps: Bool = false, untilEmpty: Bool = true, settle: Double = 0.1, scale: ClosedRange<Float>? = nil
    ) throws -> FolderSource {
        var settings = FolderSettings(scratch.path("in"))
        settings.settle = settle
        settings.keepsFiles = keeps
        settings.scale = scale
        return try FolderSource(
            settings, into: store, untilEmpty: untilEmpty, tell: { [news] in news.add($0) })
    }

    /// Takes all that rests.
    @discardableResult
    private func once(keeps: Bool = false, scale: ClosedRange<Float>? = nil) async throws -> StreamStatus {
        let source = try source(keeps: keeps, scale: scale)
        try await source.run()
        return source.status
    }

    private func ratings() throws -> [String] {
        try rows("SELECT user_id, item_id, rating, timestamp FROM rating_details ORDER BY user_id, item_id")
    }

    private func rows(_ sql: String) throws -> [String] {
        try ReadOnlyQuery.rows(sql, scratch.path("s.sqlite"))
    }

    private func append(_ text: String, to name: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path(name)))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private static let header = "userId,movieId,rating,timestamp\n"

    private func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scratch.path(folder))) ?? []).sorted()
    }

    // MARK: The rows of the table

    @Test func `half-written files wait until size and time rest and the last line is complete`() async throws {
        try scratch.write("in/a.csv", Self.header + "u,a,3,100\nu,b,4,1")
        let source = try source(untilEmpty: false, settle: 2)
        let running = Task { try await source.run() }
        defer { running.cancel() }
        try await wait { self.news.has("has no end") }
        #expect(try rows("SELECT count(*) FROM ratings") == ["0"])
        try append("01\n", to: "in/a.csv")
        try await wait { try self.ratings().count == 2 }
        #expect(try ratings() == ["u a 3.0 100", "u b 4.0 101"])
        running.cancel()
        try await running.value
        #expect(source.status.state == .stopped)
    }

    @Test func `a file that ends without a line feed is taken once it has rested ten times as long`() async throws {
        try scratch.write("in/a.csv", "u,a,3,100\nu,b,4,101")
        try await once()
        #expect(try ratings() == ["u a 3.0 100", "u b 4.0 101"])
    }

    @Test func `a renamed file, and the same bytes again, are taken once`() async throws {
        let text = Self.header + "u,a,3,100\nu,b,4,101\n"
        try scratch.write("in/a.csv", text)
        try await once()
        try scratch.write("in/b.csv", text)
        let status = try await once()
        #expect(news.has("b.csv: the same bytes are in the store already"))
        #expect(status.taken == 0 && status.files == 1)
        #expect(names("in/done") == ["a.csv", "b.csv"])
        #expect(try rows("SELECT count(*) FROM imports") == ["1"])
        // In place, under another name.
        try scratch.write("in/c.csv", Self.header + "w,a,3,100\n")
        try await once(keeps: true)
        try FileManager.default.moveItem(atPath: scratch.path("in/c.csv"), toPath: scratch.path("in/d.csv"))
        try await once(keeps: true)
        #expect(news.has("d.csv: the same bytes"))
        #expect(try rows("SELECT count(*) FROM imports") == ["2"])
    }

    @Test func `a file that is appended to goes on where it ended`() async throws {
        try scratch.write("in/log.csv", "item,user,rating,timestamp\na,u,3,100\n")
        try await once(keeps: true)
        try append("b,u,4,101\nc,u,9,102\n", to: "in/log.csv")
        let status = try await once(keeps: true, scale: 1...5)
        #expect(status.taken == 1 && status.rejected == 1)
        // By the header, which was read before.
        #expect(try ratings() == ["u a 3.0 100", "u b 4.0 101"])
        #expect(try rows("SELECT line, text FROM rejected_rows") == ["4 c,u,9,102"])
        #expect(news.has("log.csv: 1 row taken, 1 row rejected, from byte 37 on"))
        #expect(names("in") == ["log.csv"])
        // A copy of all of it is nothing new.
        try FileManager.default.copyItem(atPath: scratch.path("in/log.csv"), toPath: scratch.path("in/copy.csv"))
        #expect(try await once(keeps: true).taken == 0)
    }

    @Test func `a file that is overwritten is taken anew, and said so`() async throws {
        try scratch.write("in/a.csv", Self.header + "u,a,3,100\nu,b,4,101\n")
        try await once(keeps: true)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path("in/a.csv")))
        try file.write(contentsOf: Data((Self.header + "u,a,5,200\nu,b,4,101\nu,c,1,102\n").utf8))
        try file.close()
        try await once(keeps: true)
        #expect(news.has("a.csv: what was read of it has changed; it is read from its beginning"))
        #expect(try ratings() == ["u a 5.0 200", "u b 4.0 101", "u c 1.0 102"])
        try scratch.write("in/new.csv", Self.header + "u,d,2,100\n")
        _ = renameReplacing(scratch.path("in/new.csv"), to: scratch.path("in/a.csv"))
        try await once(keeps: true)
        #expect(news.has("a.csv: another file has its name"))
        #expect(try ratings().count == 4)
    }

    @Test func `bad rows are rejected with file, line and reason`() async throws {
        try scratch.write("in/a.csv", Self.header + "u,a,3,100\nu,b,six,101\nu,c,7,102\nu,d\n")
        let status = try await once(scale: 1...5)
        #expect(status.taken == 1 && status.rejected == 3)
        let rejected = try rows("SELECT source, line, reason FROM rejected_rows JOIN imports USING (import)")
        #expect(rejected.count == 3)
        #expect(rejected[0].hasPrefix("a.csv 3 ") && rejected[0].contains("six"))
        #expect(rejected[1] == "a.csv 4 rating 7.0 is not on the scale from 1.0 to 5.0")
        #expect(rejected[2].hasPrefix("a.csv 5 "))
    }

    @Test func `a file without a header loses no rating`() async throws {
        try scratch.write("in/a.csv", Self.header + "1,10,3,881250949\n")
        try scratch.write("in/b.csv", "2,10,4,881250950\n2,11,5,881250951\n")
        try await once()
        #expect(try ratings() == ["1 10 3.0 881250949", "2 10 4.0 881250950", "2 11 5.0 881250951"])
    }

    @Test func `columns in another order are told by the header`() async throws {
        try scratch.write("in/a.csv", "timestamp,rating,movieId,userId\n881250949,3,10,1\n")
        try await once()
        #expect(try ratings() == ["1 10 3.0 881250949"])
    }

    @Test func `a file older than the newest is taken`() async throws {
        try scratch.write("in/new.csv", "1,10,3,881250949\n")
        try await once(keeps: true)
        try scratch.write("in/old.csv", "2,10,4,881250950\n")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: scratch.path("in/old.csv"))
        try await once(keeps: true)
        #expect(try ratings().count == 2)
    }

    @Test func `a restart takes nothing twice and forgets nothing`() async throws {
        try scratch.write("in/a.csv", "1,10,3,881250949\n")
        try await once(keeps: true)
        let before = try rows("SELECT * FROM imports") + rows("SELECT * FROM watched_files")
        #expect(try await once(keeps: true).files == 0)
        #expect(try rows("SELECT * FROM imports") + rows("SELECT * FROM watched_files") == before)
        try append("1,11,4,881250950\n", to: "in/a.csv")
        #expect(try await once(keeps: true).taken == 1)
    }

    @Test func `a lost checkpoint costs no row, as there is none apart from the store`() async throws {
        try scratch.write("in/a.csv", "1,10,3,881250949\n")
        try await once(keeps: true)
        for file in try store.watchedFiles(in: "/").values { try store.forget(file) }
        #expect(try await once(keeps: true).taken == 0)
        #expect(try ratings().count == 1)
    }

    // MARK: What else lies in folders

    @Test func `hidden and unfinished files, folders and links are left alone`() async throws {
        let row = "1,10,3,881250949\n"
        let names = [".hidden.csv", "a.csv.part", "b.tmp", "c.csv~", "folder/d.csv"]
        for name in names { try scratch.write("in/" + name, row) }
        try scratch.write("outside.csv", row)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("in/link.csv"), withDestinationPath: scratch.path("outside.csv"))
        try scratch.write("in/empty.csv", "")
        #expect(try await once().files == 0)
        #expect(news.has("link.csv: passed over, symbolic links are not followed"))
        #expect(news.has("empty.csv is empty"))
        #expect(
            Set(self.names("in")) == [
                ".hidden.csv", "a.csv.part", "b.tmp", "c.csv~", "folder", "link.csv", "empty.csv",
            ])
        try FileManager.default.moveItem(atPath: scratch.path("in/a.csv.part"), toPath: scratch.path("in/a.csv"))
        #expect(try await once().files == 1)
    }

    @Test func `the store itself may lie in the folder`() async throws {
        let path = scratch.path("in/own.sqlite")
        var settings = FolderSettings(scratch.path("in"))
        settings.settle = 0.02
        try scratch.write("in/a.csv", "1,10,3,881250949\n")
        let source = try FolderSource(settings, into: Store(path, creates: true), untilEmpty: true)
        try await source.run()
        #expect(source.status.taken == 1 && source.failedFiles == 0)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `a header waits for its rows`() async throws {
        try scratch.write("in/a.csv", Self.header)
        try await once()
        #expect(names("in") == ["a.csv"])
        try append("u,a,3,100\n", to: "in/a.csv")
        try await once()
        #expect(try ratings() == ["u a 3.0 100"])
    }

    @Test func `files that cannot be read move away with the reason, others beside them are taken`() async throws {
        try scratch.write("in/a.csv", "1,10,3,881250949\n")
        try scratch.write("in/bad.csv", [0, 1, 2, 0, 10, 10, 10])
        try scratch.write("in/worse.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
        let source = try source()
        try await source.run()
        #expect(source.failedFiles == 2)
        #expect(names("in/failed") == ["bad.csv", "bad.csv.reason.txt", "worse.csv.gz", "worse.csv.gz.reason.txt"])
        #expect(
            String(decoding: try scratch.read("in/failed/bad.csv.reason.txt"), as: UTF8.self).contains("NUL at byte 0"))
        #expect(names("in/done") == ["a.csv"])
        // In place, it fails once.
        try scratch.write("in/bad.csv", [0, 1, 2, 0, 10, 10, 10])
        let first = try self.source(keeps: true)
        try await first.run()
        #expect(first.failedFiles == 1)
        let second = try self.source(keeps: true)
        try await second.run()
        #expect(second.failedFiles == 0)
        #expect(try rows("SELECT state FROM watched_files") == ["failed"])
    }

    @Test func `a name that is taken in done gets another one`() async throws {
        for value in 1...3 {
            try scratch.write("in/a.csv", "1,10,\(value),\(881_250_949 + value)\n1,11,5,881250949\n")
            try await once()
        }
        #expect(names("in/done") == ["a.csv", "a.csv.2", "a.csv.3"])
        #expect(try ratings() == ["1 10 3.0 881250952", "1 11 5.0 881250949"])
    }

    @Test func `titles and attributes come in files of their own`() async throws {
        try scratch.write("in/movies.csv", "movieId,title,genres\n10,Heat (1995),Action|Crime\n")
        try scratch.write("in/users.csv", "userId,gender\n1,F\n")
        try scratch.write("in/ratings.csv", Self.header + "1,10,3,881250949\n")
        try await once()
        let stored = try store.ratings(threads: 1)
        #expect(stored.dataset.items.titles == ["Heat (1995)"])
        #expect(stored.dataset.items.genreNames == ["Action", "Crime"])
        #expect(stored.dataset.users.attributes.map(\.name) == ["gender"])
        #expect(try store.search("heat", limit: 5) == ["10"])
        try store.verify()
    }

    @Test func `small files tell each change, and ask for no refresh`() async throws {
        store.follow { [news] in news.add($0) }
        try scratch.write("in/a.csv", Self.header + "u,a,3,100\nu,a,4,200\nu,b,1,100\n")
        try await once()
        let applied = try #require(news.allChanges.first)
        #expect(applied.changes.map(\.value) == [3, 4, 1])
        #expect(try store.importCount() == 0)
        #expect(try rows("SELECT rows_done, kept, duplicates, is_told FROM imports") == ["3 3 1 1"])
        let rows = (0..<10_001).map { "u\($0 % 100),i\($0 / 100),\($0 % 5 + 1),\(1_000 + $0)\n" }.joined()
        try scratch.write("in/large.csv", Self.header + rows)
        try await once()
        #expect(news.allChanges.count == 1)
        #expect(try store.importCount() == 1)
    }

    @Test func `a source that is paused takes nothing until it goes on`() async throws {
        let source = try source(untilEmpty: false)
        source.pause()
        let running = Task { try await source.run() }
        try scratch.write("in/a.csv", "1,10,3,881250949\n")
        try await wait { source.status.state == .paused }
        try await Task.sleep(for: .milliseconds(300))
        #expect(source.status.files == 0)
        source.resume()
        try await wait { source.status.files == 1 }
        running.cancel()
        try await running.value
    }

    @Test func `a folder that goes away is waited for`() async throws {
        let source = try source(untilEmpty: false)
        let running = Task { try await source.run() }
        try await wait { source.status.state == .running }
        try FileManager.default.moveItem(atPath: scratch.path("in"), toPath: scratch.path("away"))
        try await wait { source.status.state == .waiting }
        #expect(source.status.lastError?.contains("the folder cannot be read") == true)
        try scratch.write("away/a.csv", "1,10,3,881250949\n")
        try FileManager.default.moveItem(atPath: scratch.path("away"), toPath: scratch.path("in"))
        try await wait { source.status.files == 1 }
        running.cancel()
        try await running.value
        #expect(throws: InputError.self) {
            _ = try FolderSource(FolderSettings(scratch.path("nowhere")), into: store)
        }
    }

    @Test func `a file that somebody has open for writing stays until it is closed`() async throws {
        let path = try scratch.write("in/log.csv", Self.header + "u,a,3,100\n")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        guard isOpenForWriting(path) == true else { return }
        let source = try source(untilEmpty: false)
        let running = Task { try await source.run() }
        try await wait { source.status.files == 1 }
        #expect(names("in") == ["log.csv"])
        try file.seekToEnd()
        try file.write(contentsOf: Data("u,b,4,101\n".utf8))
        try await wait { source.status.files == 2 }
        try file.close()
        try await wait { self.names("in/done") == ["log.csv"] }
        running.cancel()
        try await running.value
        #expect(try ratings() == ["u a 3.0 100", "u b 4.0 101"])
        #expect(try rows("SELECT count(*) FROM watched_files") == ["0"])
    }

    private func wait(_ holds: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(180)
        while try !holds() {
            guard ContinuousClock.now < end else { throw WaitError() }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private struct WaitError: Error {}
}
