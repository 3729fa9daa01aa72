import Foundation
import GRDB
import Ratings

extension Store {
    /// Takes a ratings file in: all its rows that are ratings, once, the later of two of the same user and item counting.
    ///
    /// Rows go in by batches, each with how far it came, so an import that was killed goes on where the last batch ended when it
    /// is run again, and one that was complete does nothing.
    ///
    /// - Parameters:
    ///   - scale: the values that are ratings; nil for that of the store or, in an empty one, that of the rows.
    ///   - now: seconds since 1970.
    ///   - progress: the share of the rows that is taken.
    /// - Complexity: O(rows · log ratings).
    public func importRatings(
        _ source: ImportSource, scale: ClosedRange<Float>? = nil, now: Int64, progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> ImportReport {
        if source.readmitsErased { try readmitUsers(of: source) }
        if let done = try finishedImport(source) { return done }
        let (cleaned, scale) = try clean(source, scale, now: now)
        guard
            let report = try importBatches(
                source, cleaned, scale, now: now, progress: progress, isStopped: { false })
        else { preconditionFailure("an import that nobody stops comes to its end") }
        return report
    }

    /// The rows of a source that are ratings, by the scale that counts for them.
    func clean(
        _ source: ImportSource, _ scale: ClosedRange<Float>?, now: Int64
    ) throws(StoreError) -> (CleanedRows, scale: ClosedRange<Float>) {
        let known = try self.scale()
        guard let scale = scale ?? known ?? Cleaning.scale(of: source.entries) else {
            throw .refused("\(source.name): there is no rating to take")
        }
        let cleaned = try read { database in
            let tombstones = try Tombstones(database)
            return try CleanedRows(
                source, Cleaning(scale: scale, now: now), leavingOut: tombstones.users(of: source),
                namesErased: tombstones.areNamed)
        }
        guard !cleaned.kept.isEmpty else { throw .refused("\(source.name): none of the rows is a rating to keep") }
        return (cleaned, scale)
    }

    /// - Parameter isStopped: asked before each batch.
    /// - Returns: nil where it was stopped before the end; another call goes on there.
    func importBatches(
        _ source: ImportSource, _ cleaned: CleanedRows, _ scale: ClosedRange<Float>, now: Int64,
        progress: (Double) -> Void, isStopped: () -> Bool
    ) throws(StoreError) -> ImportReport? {
        let (number, done) = try beginImport(source, cleaned, scale, now: now)
        let numbers = try take(source.userIDs, source.itemIDs, leavingOut: cleaned.erased)
        try takeCatalogs(source, numbers)
        var taken = done
        while taken < cleaned.kept.count {
            if isStopped() { return nil }
            let batch = taken..<min(taken + Self.batchRows, cleaned.kept.count)
            try write { database in
                try RatingInsert.insert(
                    cleaned.kept[batch].map(numbers.numbered), arrived: now, into: database)
                try database.execute(
                    sql: "UPDATE imports SET rows_done = ? WHERE import = ?", arguments: [batch.upperBound, number])
            }
            taken = batch.upperBound
            progress(Double(taken) / Double(cleaned.kept.count))
        }
        try write { database in
            try SearchIndex.rebuild(database)
            // Behind a savepoint, at which the index for searching writes what it has collected.
            try database.inSavepoint {
                try TableSeals.write(database)
                return .commit
            }
            try database.execute(
                sql: "UPDATE imports SET finished = ? WHERE import = ?", arguments: [now, number])
        }
        var report = cleaned.report
        report.resumed_after = done
        return report
    }

    /// As many at most are lost of an import that is killed, and taken again by the next. A batch changes nearly every page of
    /// the indexes and writes them all, so smaller ones take longer in all.
    private static let batchRows = 200_000

    func finishedImport(_ source: ImportSource) throws(StoreError) -> ImportReport? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM imports WHERE checksum = ? AND finished IS NOT NULL",
                arguments: [source.checksum]
            ).map { row in
                var report = ImportReport(source: source.name)
                report.rows_read = try row[at: "rows_read"]
                report.kept = try row[at: "kept"]
                report.duplicates = try row[at: "duplicates"]
                report.malformed = try row[at: "malformed"]
                report.out_of_scale = try row[at: "out_of_scale"]
                report.impossible_times = try row[at: "impossible_times"]
                report.times_converted = try row[at: "times_converted"]
                report.unknown_items = try row[at: "unknown_items"]
                report.was_complete = true
                return report
            }
        }
    }

    /// Writes down what is going to be taken, and which rows are not; returns the import's number and the rows it took before.
    private func beginImport(
        _ source: ImportSource, _ cleaned: CleanedRows, _ scale: ClosedRange<Float>, now: Int64
    ) throws(StoreError) -> (number: Int64, rowsDone: Int) {
        try write { database in
            // Until the import has ended nobody knows what the tables will be.
            try database.execute(sql: "DELETE FROM seals WHERE name <> 'closed'")
            try Settings.set(scale, in: database)
            let report = cleaned.report
            if let begun = try Row.fetchOne(
                database, sql: "SELECT import, rows_done, kept FROM imports WHERE checksum = ?",
                arguments: [source.checksum])
            {
                if try begun[at: "kept"] == report.kept { return try (begun[at: "import"], begun[at: "rows_done"]) }
                // Another scale keeps other rows; what is in already is found so and not taken twice.
                try Self.forgetImport(begun[at: "import"], database)
            }
            return (
                try Self.writeDown(report, cleaned.rejected, checksum: source.checksum, now: now, database), 0
            )
        }
    }

    static func forgetImport(_ number: Int64, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM rejected_rows WHERE import = ?", arguments: [number])
        try database.execute(sql: "DELETE FROM imports WHERE import = ?", arguments: [number])
    }

    /// Writes down what an import is going to take, and which rows not; returns its number.
    static func writeDown(
        _ report: ImportReport, _ rejected: [RejectedRating], checksum: String, now: Int64, _ database: Database
    ) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO imports (source, checksum, started, rows_read, rows_done, kept, duplicates, malformed,
                    out_of_scale, impossible_times, times_converted, unknown_items)
                VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                report.source, checksum, now, report.rows_read, report.kept, report.duplicates, report.malformed,
                report.out_of_scale, report.impossible_times, report.times_converted, report.unknown_items,
            ])
        let number = database.lastInsertedRowID
        let statement = try database.makeStatement(sql: "INSERT OR IGNORE INTO rejected_rows VALUES (?, ?, ?, ?)")
        for row in rejected { try statement.execute(arguments: [number, row.line, row.reason, row.text]) }
        return number
    }

    /// The numbers of all users and items in the store, the new ones among them.
    ///
    /// - Parameter erased: users who get no number, but 0.
    private func take(
        _ users: Vocabulary, _ items: Vocabulary, leavingOut erased: Set<Int32>
    ) throws(StoreError) -> StoreNumbers {
        try write { database in
            StoreNumbers(
                users: try Self.numbers(of: users, "user", "users", leavingOut: erased, database),
                items: try Self.numbers(of: items, "item", "items", database))
        }
    }

    private static func numbers(
        of ids: Vocabulary, _ column: String, _ table: String, leavingOut erased: Set<Int32> = [], _ database: Database
    ) throws -> [Int64] {
        let writer = try IDWriter(database, column, table)
        return try (0..<ids.count).map { erased.contains(Int32($0)) ? 0 : try writer.number(of: ids[$0]) }
    }

    /// Titles, genres and attributes; what is known already gives way.
    private func takeCatalogs(_ source: ImportSource, _ numbers: StoreNumbers) throws(StoreError) {
        try write { database in
            try Self.take(source.items, numbers.items, database)
            try Self.take(
                source.unrated, Self.numbers(of: source.unratedIDs, "item", "items", database), database)
            let setAttribute = try database.makeStatement(
                sql: "INSERT OR REPLACE INTO user_attributes VALUES (?, ?, ?)")
            for attribute in source.users.attributes {
                for (user, value) in attribute.values.enumerated() where numbers.users[user] != 0 {
                    if let value { try setAttribute.execute(arguments: [numbers.users[user], attribute.name, value]) }
                }
            }
        }
    }
}

extension Store {
    private static func take(_ catalog: ItemCatalog, _ items: [Int64], _ database: Database) throws {
        let setTitle = try database.makeStatement(sql: "UPDATE items SET title = ? WHERE item = ? AND title IS NOT ?1")
        for (item, title) in zip(items, catalog.titles) {
            if let title { try setTitle.execute(arguments: [title, item]) }
        }
        for name in catalog.genreNames {
            try database.execute(sql: "INSERT OR IGNORE INTO genres (name) VALUES (?)", arguments: [name])
        }
        let setGenre = try database.makeStatement(
            sql: "INSERT OR IGNORE INTO item_genres SELECT ?, genre FROM genres WHERE name = ?")
        for (item, genres) in zip(items, catalog.genres) {
            for genre in genres { try setGenre.execute(arguments: [item, catalog.genreNames[genre]]) }
        }
    }
}

/// Users and items of a source as the store numbers them.
private struct StoreNumbers {
    let users: [Int64]
    let items: [Int64]

    func numbered(_ row: CleanedRows.Row) -> RatingInsert.Row {
        RatingInsert.Row(
            user: users[Int(row.user)], item: items[Int(row.item)], value: row.value, time: row.time)
    }
}
