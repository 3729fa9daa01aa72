public import FileOutput
import LinearAlgebra
public import Ratings

extension RatingsReader {
    /// The rows of a file, with duplicates.
    public struct Rows: Sendable {
        /// Consecutive pieces in file order.
        public let entries: [RatingEntries]
        /// The IDs of the users.
        public let users: Vocabulary
        /// The IDs of the items.
        public let items: Vocabulary
        /// Malformed rows, in file order.
        public let rejected: [RejectedRow]
        /// The number of times that were converted from milliseconds or finer units.
        public let convertedTimes: Int
        /// How the file was read.
        public let reading: SourceReading
        /// Notes for the user on how the file was read.
        public let notes: [ReadingNote]

        /// Numbers the users and items of all pieces, and converts times to seconds.
        init(_ parsed: consuming ParsedText, threads: Int) throws(InputError) {
            var pieces = parsed.pieces
            parsed.pieces = []
            let layout = parsed.layout
            let ids = try ColumnIDs(pieces, threads: threads, path: parsed.path)
            users = ids.users
            items = ids.items
            rejected = parsed.rejected
            let outOfScale = pieces.reduce(0) { $0 + $1.outOfScale }
            let comments = pieces.reduce(0) { $0 + $1.commentCount }
            let rowCount = pieces.reduce(0) { $0 + $1.values.count }
            guard rowCount > 0 else { throw Self.noRows(parsed, outOfScale: outOfScale) }
            var converted = 0
            var entries: [RatingEntries] = []
            entries.reserveCapacity(pieces.count)
            for place in pieces.indices {
                var piece = RatingRows(RatingRows.Rules())
                swap(&piece, &pieces[place])
                ids.renumber(&piece, place, threads: threads)
                if layout.timestamp != nil { converted += piece.convertTimes() }
                entries.append(
                    RatingEntries(
                        users: piece.users, items: piece.items, values: piece.values,
                        timestamps: layout.timestamp != nil ? piece.timestamps : nil))
            }
            self.entries = entries
            convertedTimes = converted
            reading = SourceReading(
                columns: layout.columns, basis: layout.basis, layout: layout.form,
                encoding: parsed.encoding ?? ids.encoding, rows: rowCount, outOfScale: outOfScale)
            var notes = layout.notes + ids.notes
            if comments > 0 { notes.append(ReadingNote("\(comments) comments were passed over.")) }
            if let announced = layout.announcedRows, announced != rowCount + rejected.count + outOfScale {
                notes.append(
                    ReadingNote(
                        "The file announces \(announced) entries and has \(rowCount + rejected.count + outOfScale): it may be truncated."
                    ))
            }
            if converted > 0 {
                let share = converted == rowCount ? "All times were" : "\(converted) of \(rowCount) times were"
                notes.append(
                    ReadingNote("\(share) in milliseconds or a finer unit and are converted to seconds."))
            }
            if outOfScale > 0 { notes.append(ReadingNote("\(outOfScale) ratings off the scale were left out.")) }
            self.notes = notes + Suspicions.notes(entries, users, items, layout, threads: threads)
        }

        private static func noRows(_ parsed: borrowing ParsedText, outOfScale: Int) -> InputError {
            InputError(
                file: parsed.path,
                problem: outOfScale > 0
                    ? "none of \(outOfScale.counted("rating")) is on the scale"
                    : "none of \(parsed.rejected.count.counted("row")) is a valid rating",
                remedy: "Inspect one of them, or say which columns are which.", topic: .columns)
        }
    }
}

extension RatingsReader {
    /// The lines of rows of files, found by parsing them again.
    ///
    /// - Parameter rows: ascending, counted from 0 over all entries.
    /// - Returns: the line number, from 1, and the text of each, truncated to 1,000 bytes.
    /// - Complexity: O(bytes).
    public func lines(
        ofRows rows: [Int], in files: [SourceFile]
    ) throws(InputError) -> [(number: Int, text: String)] {
        guard !rows.isEmpty else { return [] }
        var parser = self
        parser.onBadRow = .skip
        parser.wanted = rows
        var first: RatingsLayout?
        var found: [(number: Int, text: String)] = []
        for file in files where !parser.wanted.isEmpty {
            let parsed = try parser.parse(file, like: first, continuing: nil) { _ in }
            first = first ?? parsed.layout
            for piece in parsed.pieces {
                found += piece.found.map { (parsed.layout.firstLine - 1 + $0.line, $0.text) }
                parser.wanted = parser.wanted.map { $0 - piece.values.count }.filter { $0 >= 0 }
            }
        }
        return found
    }
}

extension RatingRows {
    /// Whether nothing more is to be parsed.
    var isDone: Bool { hasOpenQuote || stopped }

    /// Converts all times to seconds.
    ///
    /// - Returns: how many were in a finer unit.
    fileprivate mutating func convertTimes() -> Int {
        guard Timestamps.seconds(latest) != latest else { return 0 }
        let converted = timestamps.count { Timestamps.seconds($0) != $0 }
        for place in timestamps.indices { timestamps[place] = Timestamps.seconds(timestamps[place]) }
        return converted
    }
}
