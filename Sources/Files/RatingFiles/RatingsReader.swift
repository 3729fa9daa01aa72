public import FileOutput
import Foundation
import LinearAlgebra
public import Platform
public import Ratings
import Synchronization

/// Reads ratings files: delimited text, JSON lines, MatrixMarket and the Netflix Prize.
///
/// Delimiter, header, columns, times and encoding are detected, and what was detected is in the result. A file is
/// memory-mapped and parsed in pieces on all threads; the split has no influence on the result. Pipes are parsed as they
/// come.
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
    /// The default is `last`, and where there are no timestamps the last row, with a note.
    public var duplicates: DuplicatePolicy?
    /// Which columns are user, item, rating and timestamp: `user=NAME`, `item=NAME` … with names of the header or positions
    /// from 1; or the words `user`, `item`, `rating`, `timestamp` and `-` in file order; or names or positions in that
    /// order. Without a rating each row counts 1. By default they are detected.
    public var columns: [String] = []
    /// Ratings outside are left out. By default all are taken.
    public var scale: ClosedRange<Float>?
    /// The encoding of the text, by a name that iconv knows. The default is UTF-8, UTF-16 by its mark, or Windows-1252
    /// where text is not UTF-8.
    public var encoding: String?
    /// The most that archives may expand to.
    public var unpacking = ArchiveLimits()
    /// The default is 1.
    public var threads = 1

    /// Whether others may write the files meanwhile: their bytes are then read into memory rather than mapped, as what is mapped of
    /// a file that gets shorter kills the process.
    package var isShared = false
    /// How many bytes of a plain text, which are whole lines, were read before: columns are told by them, and lines are counted
    /// from them, but their rows are passed over. What has to be converted or unpacked is read from its beginning.
    package var start = 0

    /// The fewest bytes per thread, so that its tables do not cost more than its rows. Fuzzing makes it smaller.
    var smallestPiece = 65_536

    /// Rows to find again: the file is then parsed as one piece.
    var wanted: [Int] = []

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
        /// How the file was read.
        public let reading: SourceReading
        /// Notes for the user on how the file was read.
        public let notes: [ReadingNote]

        /// Creates a result.
        public init(
            ratings: RatingMatrix, duplicateCount: Int, rejected: [RejectedRow], reading: SourceReading,
            notes: [ReadingNote]
        ) {
            self.ratings = ratings
            self.duplicateCount = duplicateCount
            self.rejected = rejected
            self.reading = reading
            self.notes = notes
        }
    }

    /// - Parameters:
    ///   - path: a file, a pipe, a folder, or `-` for the standard input.
    ///   - progress: called with the share of bytes parsed, from any thread.
    /// - Throws: `InputError`, or `RatingsError` for duplicates that the policy refuses.
    /// - Complexity: O(bytes / threads) time to parse; memory for the entries, not for the file.
    public func read(_ path: String, progress: @Sendable (Double) -> Void = { _ in }) throws -> Result {
        try read(RatingsSource(path).ratings, progress: progress)
    }

    /// The same of files whose rows follow one another.
    public func read(_ files: [SourceFile], progress: @Sendable (Double) -> Void = { _ in }) throws -> Result {
        let rows = try rows(files, progress: progress)
        let (ratings, duplicateCount) = try RatingMatrix.assemble(
            rows.entries, users: rows.users, items: rows.items, duplicates: duplicates, threads: threads)
        return Result(
            ratings: ratings, duplicateCount: duplicateCount, rejected: rows.rejected, reading: rows.reading,
            notes: rows.notes + [note(on: duplicateCount, in: ratings)].compactMap(\.self))
    }

    /// The same without resolving duplicates.
    ///
    /// - Throws: `InputError`.
    public func rows(
        _ files: [SourceFile], progress: @Sendable (Double) -> Void = { _ in }
    ) throws(InputError) -> Rows {
        var parsed: ParsedText?
        for (place, file) in files.enumerated() {
            let share: @Sendable (Double) -> Void = { progress((Double(place) + $0) / Double(files.count)) }
            let tail = parsed?.takeTail()
            let next = try parse(file, like: parsed?.layout, continuing: tail, share)
            if parsed == nil { parsed = next } else { parsed?.append(next) }
        }
        // Taken, not copied: the rows are renumbered where they are.
        guard let whole = parsed.take() else { preconditionFailure("a source has at least one file") }
        return try Rows(whole, threads: threads)
    }

    /// - Parameter tail: rows of the files before, to which those of a small file are added.
    func parse(
        _ file: SourceFile, like first: RatingsLayout?, continuing tail: consuming RatingRows?,
        _ progress: @Sendable (Double) -> Void
    ) throws(InputError) -> ParsedText {
        switch try file.text(SourceFile.Opening(encoding: encoding, limits: unpacking, maps: !isShared)) {
        case .mapped(let bytes): try parse(bytes, like: first, continuing: tail, progress)
        case .stream(let stream, let encoding):
            try parse(stream, file.name, like: first, continuing: tail, encoding)
        }
    }

    private func layout(
        of head: Span<UInt8>, isWhole: Bool, path: String, like first: RatingsLayout?
    ) throws(InputError) -> RatingsLayout {
        guard let first else {
            return try RatingsLayout(detecting: head, isWhole: isWhole, path: path, columns: columns)
        }
        return try RatingsLayout(detecting: head, isWhole: isWhole, path: path, following: first, columns: columns)
    }

    /// Parses a file in memory: in pieces, or again as one where a line has an open quote, which may close lines later.
    private func parse(
        _ file: FileBytes, like first: RatingsLayout?, continuing tail: consuming RatingRows?,
        _ progress: @Sendable (Double) -> Void
    ) throws(InputError) -> ParsedText {
        var layout = try layout(of: file.data.span, isWhole: true, path: file.path, like: first)
        layout.passOver(start, in: file.data)
        let count =
            layout.isSequential || !wanted.isEmpty ? 1 : min(threads, (file.count - layout.start) / smallestPiece)
        var pieces = count > 1 ? parse(file, layout, pieces: count, progress) : []
        if pieces.isEmpty || pieces.contains(where: \.hasOpenQuote) {
            var rows = tail.take() ?? RatingRows(rules(joinsLines: true), finding: wanted)
            rows.beginText()
            parse(file, layout, layout.start..<file.count, into: &rows, progress)
            pieces = [rows]
        } else if let tail {
            pieces.insert(tail, at: 0)
        }
        guard file.isWhole else {
            throw InputError(
                file: file.path, problem: "the file was truncated while reading",
                remedy: "Wait until nothing writes to it, then read it again.")
        }
        return try ParsedText(pieces, layout, path: file.path, encoding: nil, failsAtFault: onBadRow == .fail)
    }

    private func parse(
        _ file: FileBytes, _ layout: RatingsLayout, pieces count: Int, _ progress: @Sendable (Double) -> Void
    ) -> [RatingRows] {
        let parsedBytes = Atomic(0)
        let pieces = LineCursor.pieces(of: layout.start..<file.count, count: count, in: file.data.span)
        return Parallel.map(pieces.count, threads: threads) { index in
            var rows = RatingRows(rules(joinsLines: false))
            var share = 0
            parse(file, layout, pieces[index], into: &rows) { own in
                let bytes = Int(own * Double(file.count))
                let total = parsedBytes.wrappingAdd(bytes - share, ordering: .relaxed).newValue
                share = bytes
                progress(min(1, Double(total) / Double(file.count)))
            }
            return rows
        }
    }

    /// Parses a piece of a file block by block.
    ///
    /// - Parameter progress: called with the bytes of the piece that are parsed, as a share of the file.
    private func parse(
        _ file: FileBytes, _ layout: RatingsLayout, _ piece: Range<Int>, into rows: inout RatingRows,
        _ progress: (Double) -> Void
    ) {
        var position = piece.lowerBound
        let isFirst = rows.values.isEmpty
        while position < piece.upperBound, file.isWhole, !rows.isDone {
            let bytes = file.data.span
            let start = min(piece.upperBound, position + Self.blockSize)
            let block = position..<LineCursor.lineStart(atOrAfter: start, before: piece.upperBound, in: bytes)
            let next = rows.append(bytes, block, layout, endsText: true)
            if isFirst, position == piece.lowerBound {
                // Extrapolates the rows per byte; excess capacity is never touched.
                rows.reserveCapacity(rows.values.count * piece.count / block.count * 9 / 8, layout)
            }
            file.release(position..<next)
            position = next
            progress(Double(position - piece.lowerBound) / Double(file.count))
        }
    }

    /// Parses a stream as it comes.
    private func parse(
        _ stream: ByteStream, _ path: String, like first: RatingsLayout?, continuing tail: consuming RatingRows?,
        _ encoding: String?
    ) throws(InputError) -> ParsedText {
        var buffer: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd, buffer.count < TextKind.headCount {
            let block = try stream.next()
            isAtEnd = block.isEmpty
            buffer += block
        }
        let layout = try layout(of: buffer.span, isWhole: isAtEnd, path: path, like: first)
        var rows = tail.take() ?? RatingRows(rules(joinsLines: true), finding: wanted)
        rows.beginText()
        var position = layout.start
        while !rows.isDone {
            let end = isAtEnd ? buffer.count : (buffer.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            if end > position { position = rows.append(buffer.span, position..<end, layout, endsText: isAtEnd) }
            if isAtEnd { break }
            buffer.removeFirst(position)
            position = 0
            let block = try stream.next()
            isAtEnd = block.isEmpty
            buffer += block
            guard buffer.count < 4 * Self.blockSize else {
                throw InputError(
                    file: path, problem: "a line has more than \(buffer.count) bytes",
                    remedy: "Expected one rating per line: user, item, rating and perhaps a timestamp.")
            }
        }
        return try ParsedText([rows], layout, path: path, encoding: encoding, failsAtFault: onBadRow == .fail)
    }

    private func rules(joinsLines: Bool) -> RatingRows.Rules {
        RatingRows.Rules(stopsAtFault: onBadRow == .fail, scale: scale, joinsLines: joinsLines)
    }
}

extension RatingsReader {
    private func note(on duplicateCount: Int, in ratings: RatingMatrix) -> ReadingNote? {
        guard duplicates == nil, duplicateCount > 0, ratings.timestamps == nil else { return nil }
        return ReadingNote(
            "\(duplicateCount.counted("rating")) gave way to a later row of the same user and item, since there are no "
                + "times to go by; sum or count suits repeated events.")
    }
}
