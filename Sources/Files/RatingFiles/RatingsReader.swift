public import FileOutput
import Foundation
import LinearAlgebra
public import Ratings
import Synchronization

/// Reads a delimited ratings file.
///
/// Delimiter, header, CRLF and byte-order mark are detected; fields may be quoted. The file is memory-mapped and parsed
/// in pieces on all threads; the split has no influence on the result.
public struct RatingsReader: Sendable {
    /// The handling of malformed rows.
    public enum BadRowPolicy: String, Sendable, CaseIterable {
        /// Stops at the first one.
        case fail
        /// Skips and counts them.
        case skip
    }

    /// The default is `fail`.
    public var onBadRow = BadRowPolicy.fail
    /// The default is `last`.
    public var duplicates = DuplicatePolicy.last
    /// The columns of user, item, rating and timestamp: header names or positions from 1, in that order, or the words
    /// `user`, `item`, `rating`, `timestamp` and `-` in file order. By default they are detected.
    public var columns: [String] = []
    /// The default is 1.
    public var threads = 1

    /// The fewest bytes per thread, so that its tables do not cost more than its rows. Fuzzing makes it smaller.
    var smallestPiece = 65_536

    /// The bytes parsed per block, after which a piece reports progress and releases mapped memory.
    private static let blockSize = 1 << 22

    /// Creates a reader with the defaults.
    public init() {}

    /// The contents of a file.
    public struct Result: Sendable {
        /// The rating matrix.
        public let ratings: RatingMatrix
        /// The number of rows replaced by another of the same user and item.
        public let duplicateCount: Int
        /// Malformed rows, in file order.
        public let rejected: [RejectedRow]
        /// Notes for the user on how the file was read.
        public let notes: [String]

        /// Creates a result.
        public init(ratings: RatingMatrix, duplicateCount: Int, rejected: [RejectedRow], notes: [String]) {
            self.ratings = ratings
            self.duplicateCount = duplicateCount
            self.rejected = rejected
            self.notes = notes
        }
    }

    /// - Parameter progress: called with the share of bytes parsed, from any thread.
    /// - Throws: `InputError`, or `RatingsError` for duplicates under the policy `error`.
    /// - Complexity: O(bytes / threads) time to parse; memory for the entries, not for the file.
    public func read(
        _ path: String, progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> Result {
        let rows = try rows(path, progress: progress)
        let (ratings, duplicateCount) = try RatingMatrix.assemble(
            rows.entries, users: rows.users, items: rows.items, duplicates: duplicates, threads: threads)
        return Result(
            ratings: ratings, duplicateCount: duplicateCount, rejected: rows.rejected, notes: rows.notes)
    }

    /// The same without resolving duplicates.
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
                file: path, problem: "the file was truncated while reading",
                remedy: "Wait until nothing writes to it, then read it again.")
        }
        let rejected = try collectRejected(parsed, file, layout)
        let rowCount = parsed.reduce(0) { $0 + $1.values.count }
        guard rowCount > 0 else {
            throw InputError(
                file: path, problem: "none of \(rejected.count) rows is a valid rating",
                remedy: "Inspect one of them, or say which columns are which.", topic: .columns)
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
        let count = max(1, min(threads, (file.count - layout.start) / smallestPiece))
        let pieces = LineCursor.pieces(
            of: layout.start..<file.count, count: count, in: file.data.span)
        return Parallel.map(pieces.count, threads: threads) { index in
            var rows = RatingRows()
            let blocks = LineCursor.pieces(
                of: pieces[index], count: pieces[index].count / Self.blockSize + 1, in: file.data.span)
            for block in blocks where file.isWhole && !(onBadRow == .fail && !rows.rejected.isEmpty) {
                rows.append(file.data.span, block, layout, stopsAtFault: onBadRow == .fail)
                if block == blocks.first {
                    // Extrapolates the rows per byte; excess capacity is never touched.
                    rows.reserveCapacity(rows.values.count * pieces[index].count / block.count * 9 / 8, layout)
                }
                file.release(block)
                let total = parsedBytes.wrappingAdd(block.count, ordering: .relaxed).newValue
                progress(Double(total) / Double(file.count))
            }
            return rows
        }
    }

    /// The malformed rows with file line numbers; throws the first one under `fail`.
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

    /// Builds the vocabularies and renumbers the users and items of all pieces.
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
            return "Some \(name) ids have leading zeros or exceed 64 bits, so all \(name) ids are treated as text."
        }
        return ids.contains(where: isDigits)
            ? "Some \(name) ids are numbers and some are text, so all \(name) ids are treated as text." : nil
    }
}
