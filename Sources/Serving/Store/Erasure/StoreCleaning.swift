import Foundation
import GRDB
import Platform

/// Sees to it that what was deleted is in no byte of the files any more.
///
/// Deleted rows are overwritten with zeros (`secure_delete`), and the log is emptied. That alone is not enough: where SQLite splits
/// a page, the moved rows stay behind in its free space, and a row that is deleted later is overwritten in its new place alone.
/// With 20,000 ids in random order a trace of 1 of 300 deleted ones was left. So the file is searched for the id, and written anew
/// (`VACUUM`) where it is found.
extension Store {
    /// Empties the log into the file. Readers that are at work are waited for without keeping writers: each attempt gives up after
    /// a moment.
    ///
    /// - Throws: `StoreError.locked` where readers leave no moment for it.
    public func emptyLog(patience: Duration = .seconds(30)) throws(StoreError) {
        let end = ContinuousClock.now + patience
        // Most is moved while others write.
        try Self.translating(path) { _ = try database.writeWithoutTransaction { try $0.checkpoint(.passive) } }
        while true {
            let isDone = try Self.translating(path) {
                try database.writeWithoutTransaction { database in
                    try database.execute(sql: "PRAGMA busy_timeout = 20")
                    defer { try? database.execute(sql: "PRAGMA busy_timeout = \(Int(Self.patience * 1_000))") }
                    do { _ = try database.checkpoint(.truncate) } catch let error as DatabaseError
                        where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
                    { return false }
                    return true
                }
            }
            if isDone { return }
            guard ContinuousClock.now < end else { throw .locked(path: path) }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// Writes the file anew, without what free space holds.
    public func vacuum() throws(StoreError) {
        try Self.translating(path) {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "UPDATE erasure_state SET is_clean = 1")
            }
        }
    }

    /// Whether free space may hold what was deleted before deleting meant overwriting.
    public func hasOldTraces() throws(StoreError) -> Bool {
        try read { try Bool.fetchOne($0, sql: "SELECT NOT is_clean FROM erasure_state") ?? true }
    }

    /// Whether the file or its log holds the bytes of an id. Where an id has few bytes, which occur everywhere by chance, these
    /// count with what stands before them in a row of `users` or its index. An id that is part of another's counts as there.
    ///
    /// - Complexity: O(bytes of the file).
    public func hasTrace(of id: String) throws(StoreError) -> Bool {
        // What also names an item stands in its rows.
        let isItem = try read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM items WHERE id = ?)", arguments: [id]) ?? false
        }
        let patterns = Self.patterns(of: id, isItem: isItem)
        let location = StoreFile(path).location
        for file in [location, location + "-wal"] {
            guard let bytes = FileBytes.of(file) else { continue }
            if try Self.translating(path, { try bytes.hold(anyOf: patterns) }) { return true }
        }
        return false
    }

    /// The id as it stands in the file, or with the types of its row before it, by the format of records
    /// (https://www.sqlite.org/fileformat.html, section 2.1): `u1` in `users` follows 4, 0, 17 and the type of the seal.
    private static func patterns(of id: String, isItem: Bool) -> [Data] {
        let text = Data(id.utf8)
        guard text.count < 8 || isItem else { return [text] }
        let type = text.count < 57 ? [UInt8(13 + 2 * text.count)] : []
        let rows = (UInt8(0)...6).map { Data([4, 0] + type + [$0]) + text }
        return isItem ? rows : rows + (UInt8(1)...9).map { Data([3] + type + [$0]) + text }
    }

    /// The erasure has come to its end.
    public func finish(_ job: ErasureJob, now: Int64) throws(StoreError) {
        try write { database in
            var job = job
            job.step = .clean
            (job.id, job.items) = (nil, [])
            try Self.write(job, finished: now, to: database)
        }
    }
}
