import GRDB
import Ratings

/// What became of a file of ratings or a catalog.
public struct FileOutcome: Sendable {
    public let report: ImportReport
    /// What a small file has changed, which those who follow the store are told too; nil for a large one, after which they read the
    /// store again, and for one that was in the store before.
    public let applied: AppliedChanges?

    /// The most rows of a small file.
    public static let fewRows = 10_000
}

extension Store {
    /// Takes a file of ratings in, as an import. A small one goes in by one commit, which tells what it changed; a larger one by
    /// batches, each with how far it came.
    ///
    /// - Parameters:
    ///   - scale: as for `importRatings`.
    ///   - now: seconds since 1970.
    ///   - isStopped: asked between batches.
    /// - Returns: nil where it was stopped; the next call with the same file goes on after the last batch.
    public func importFile(
        _ source: ImportSource, scale: ClosedRange<Float>? = nil, now: Int64, isStopped: () -> Bool = { false }
    ) throws(StoreError) -> FileOutcome? {
        if let done = try finishedImport(source) { return FileOutcome(report: done, applied: nil) }
        let (cleaned, scale) = try clean(source, scale, now: now)
        let hasCatalog = source.items.titles.contains { $0 != nil } || !source.users.attributes.isEmpty
        guard !hasCatalog, cleaned.kept.count <= FileOutcome.fewRows else {
            return try importBatches(
                source, cleaned, scale, now: now, progress: { _ in }, isStopped: isStopped
            ).map { FileOutcome(report: $0, applied: nil) }
        }
        let changes = cleaned.kept.map { row in
            StreamChange.rate(
                RatingEvent(
                    user: source.userIDs[Int(row.user)], item: source.itemIDs[Int(row.item)], value: row.value,
                    time: row.time))
        }
        let applied = try apply(changes, scale, cleaned.report, cleaned.rejected, source.checksum, now: now)
        return FileOutcome(report: cleaned.report, applied: applied)
    }

    /// Takes in what a catalog says of items or users, in one commit.
    ///
    /// - Parameters:
    ///   - name: what it comes from, for people.
    ///   - checksum: SHA-256 of the file, in hexadecimal: the same file is taken once.
    public func importFacts(
        _ changes: [StreamChange], name: String, checksum: String, now: Int64
    ) throws(StoreError) -> FileOutcome {
        var report = ImportReport(source: name)
        report.rows_read = changes.count
        report.kept = changes.count
        report.was_complete = try isImported(checksum)
        guard !report.was_complete else { return FileOutcome(report: report, applied: nil) }
        return FileOutcome(
            report: report,
            applied: try apply(changes, try scale(), report, [], checksum, now: now))
    }

    /// Whether a file with this SHA-256 was taken in whole.
    public func isImported(_ checksum: String) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM imports WHERE checksum = ? AND finished IS NOT NULL)",
                arguments: [checksum]) ?? false
        }
    }

    /// - Parameter scale: set where the store has none yet; nil where there are no ratings.
    private func apply(
        _ changes: [StreamChange], _ scale: ClosedRange<Float>?, _ report: ImportReport, _ rejected: [RejectedRating],
        _ checksum: String, now: Int64
    ) throws(StoreError) -> AppliedChanges {
        let known = try self.scale()
        return try write { database in
            if let scale, scale != known {
                try Settings.set(scale, in: database)
                try TableSeals.write(database)
            }
            // An import of the file that was interrupted.
            if let begun = try Int64.fetchOne(
                database, sql: "SELECT import FROM imports WHERE checksum = ?", arguments: [checksum])
            {
                try Self.forgetImport(begun, database)
            }
            let number = try Self.writeDown(report, rejected, checksum: checksum, now: now, database)
            let writer = try ChangeWriter(database, scale: scale, of: changes, unknownItems: .stub, now: now)
            for change in changes {
                if let reason = try writer.apply([change]) { throw StoreError.refused("\(report.source): \(reason)") }
            }
            var applied = try writer.finish()
            applied.source = "folder"
            followers.tell(applied, after: database)
            try database.execute(
                sql: "UPDATE imports SET rows_done = kept, finished = ?, is_told = 1 WHERE import = ?",
                arguments: [now, number])
            return applied
        }
    }
}
