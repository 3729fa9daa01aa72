public import FileOutput
import Foundation
import LinearAlgebra
public import Ratings
import Synchronization

/// Reads a delimited ratings file.
///
/// The delimiter, a header, CRLF and a byte order mark are detected; fields may be quoted. The file is mapped into memory
/// and its pieces are parsed on all threads; where it is cut does not show in the result.
public struct RatingsReader: Sendable {
    /// What becomes of a row that is no rating.
    public enum BadRowPolicy: String, Sendable, CaseIterable {
        /// The first one ends the reading.
        case fail
        /// They are left out and counted.
        case skip
    }

    /// The default is `fail`.
    public var onBadRow = BadRowPolicy.fail
    /// The default is `last`.
    public var duplicates = DuplicatePolicy.last
    /// Which columns are user, item, rating and timestamp: names from the header or positions counted from 1, in that
    /// order, or the words `user`, `item`, `rating`, `timestamp` and `-` in the order of the file. The default finds them.
    public var columns: [String] = []
    /// The default is 1.
    public var threads = 1

    /// How many bytes are parsed at once: after each block a piece tells its progress and gives mapped memory back.
    private static let blockSize = 1 << 22

    public init() {}

    /// What a file held.
    public struct Result: Sendable {
        public let ratings: RatingMatrix
        /// Rows that gave way to another of the same user and item.
        public let duplicateCount: Int
        /// Bad rows, in the order of the file.
        public let rejected: [RejectedRow]
        /// What a person should know of how the file was read.
        public let notes: [String]

        public init(ratings: RatingMatrix, duplicateCount: Int, rejected: [RejectedRow], notes: [String]) {
            self.ratings = ratings
            self.duplicateCount = duplicateCount
            self.rejected = rejected
            self.notes = notes
        }
    }

    /// - Parameter progress: told the share of the bytes that are parsed, from any thread.
    /// - Throws: `InputError`, or `RatingsError` for duplicates under the policy `error`.
    /// - Complexity: O(bytes / threads) time for parsing; memory for the entries, not for the file.
    public func read(
        _ path: String, progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> Result {
        let rows = try rows(path, progress: progress)
        let (ratings, duplicateCount) = try RatingMatrix.assemble(
            rows.entries, users: rows.users, items: rows.items, duplicates: duplicates, threads: threads)
        return Result(
            ratings: ratings, duplicateCount: duplicateCount, rejected: rows.rejected, notes: rows.notes)
    }

    /// The same without making one rating of several of the same user and item.
    ///
    /// - Throws: `InputError`.
    public func rows(
        _ path: String, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(InputError) -> Rows {
        let file = try FileBytes(path: path)
        try file.requireText()
        let layout = try RatingsLayout(detecting: file.data.span, path: path, columns: columns)
        var parsed = parse(file, layout, progress)
        guard file.isWhole else {
            throw InputError(
                file: path, problem: "the file became shorter while it was read",
                remedy: "Wait until nothing writes to it.")
        }
        let rejected = try collectRejected(parsed, file, layout)
        let rowCount = parsed.reduce(0) { $0 + $1.values.count }
        guard rowCount > 0 else {
            throw InputError(
                file: path, problem: "none of \(rejected.count) rows is a rating",
                remedy: "Look at one of them, or say which columns are which.", topic: .columns)
        }
        let (users, items) = number(&parsed)
        var pieces: [RatingEntries] = []
        while let piece = parsed.popLast() {
            pieces.append(
                RatingEntries(
                    users: piece.users, items: piece.items, values: piece.values,
                    timestamps: layout.timestamp != nil ? piece.timestamps : nil))
        }
        pieces.reverse()
        return Rows(
            entries: pieces, users: users, items: items, rejected: rejected,
            notes: [layout.note, Self.note(on: users, "user"), Self.note(on: items, "item")]
                .compactMap { $0 })
    }

    private func parse(
        _ file: FileBytes, _ layout: RatingsLayout, _ progress: @Sendable (Double) -> Void
    ) -> [RatingRows] {
        let parsedBytes = Atomic(0)
        // A piece for each thread, but none so small that its tables cost more than its rows.
        let count = max(1, min(threads, (file.count - layout.start) / 65_536))
        let pieces = LineCursor.pieces(
            of: layout.start..<file.count, count: count, in: file.data.span)
        return Parallel.map(pieces.count, threads: threads) { index in
            var rows = RatingRows()
            let blocks = LineCursor.pieces(
                of: pieces[index], count: pieces[index].count / Self.blockSize + 1, in: file.data.span)
            for block in blocks where file.isWhole && !(onBadRow == .fail && !rows.rejected.isEmpty) {
                rows.append(file.data.span, block, layout, stopsAtFault: onBadRow == .fail)
                if block == blocks.first {
                    // The rest will have about as many rows to a byte; what is not needed is never touched.
                    rows.reserveCapacity(rows.values.count * pieces[index].count / block.count * 9 / 8, layout)
                }
                file.release(block)
                let total = parsedBytes.wrappingAdd(block.count, ordering: .relaxed).newValue
                progress(Double(total) / Double(file.count))
            }
            return rows
        }
    }

    /// The bad rows with their lines counted in the file; throws the first one under `fail`.
    private func collectRejected(
        _ parsed: [RatingRows], _ file: FileBytes, _ layout: RatingsLayout
    ) throws(InputError) -> [RejectedRow] {
        var rejected: [RejectedRow] = []
        var linesBefore = layout.firstLine - 1
        for piece in parsed {
            if onBadRow == .fail, let (fault, row, end) = piece.rejected.first {
                let isLast = end == file.count && !file.endsWithLineBreak
                throw InputError(
                    file: file.path, line: linesBefore + row.line, column: fault.column,
                    problem: fault.problem + (isLast ? "; the file ends inside this line" : ""),
                    remedy: isLast
                        ? "It may be truncated: fetch it again, or skip malformed rows."
                        : "Fix the row, or skip malformed rows.", topic: .malformedRows)
            }
            rejected += piece.rejected.map {
                RejectedRow(
                    line: linesBefore + $0.row.line, reason: $0.row.reason, text: $0.row.text)
            }
            linesBefore += piece.lineCount
        }
        return rejected
    }

    /// Numbers the users and items of all pieces as the vocabularies have them, which are made here.
    private func number(_ parsed: inout [RatingRows]) -> (users: Vocabulary, items: Vocabulary) {
        let interners = [parsed.map(\.userIDs), parsed.map(\.itemIDs)]
        let ids = Parallel.map(2 * parsed.count, threads: threads) { interners[$0 % 2][$0 / 2].ids }
        let vocabularies = Parallel.map(2, threads: threads) { side in
            Vocabulary(stride(from: side, to: ids.count, by: 2).flatMap { ids[$0] })
        }
        let indices = Parallel.map(ids.count, threads: threads) { place in
            ids[place].map { Int32(vocabularies[place % 2].index(of: $0) ?? -1) }
        }
        for piece in parsed.indices {
            renumber(&parsed[piece].users, indices[2 * piece])
            renumber(&parsed[piece].items, indices[2 * piece + 1])
        }
        return (vocabularies[0], vocabularies[1])
    }

    private func renumber(_ numbers: inout [Int32], _ indices: [Int32]) {
        let cuts = (0...threads).map { numbers.count * $0 / threads }
        Parallel.update(&numbers, cuts, threads: threads, workspace: {}) { _, _, numbers in
            for place in numbers.indices { numbers[place] = indices[Int(numbers[place])] }
        }
    }

    private static func note(on vocabulary: Vocabulary, _ name: String) -> String? {
        guard !vocabulary.isNumeric else { return nil }
        let ids = (0..<vocabulary.count).map { vocabulary[$0] }
        let isDigits = { (id: String) in !id.isEmpty && id.utf8.allSatisfy { (48...57).contains($0) } }
        if ids.allSatisfy(isDigits) {
            return "Some \(name) ids have leading zeros or exceed 64 bits, so all \(name) ids are taken as text."
        }
        return ids.contains(where: isDigits)
            ? "Some \(name) ids are numbers and some are text, so all \(name) ids are taken as text." : nil
    }
}
