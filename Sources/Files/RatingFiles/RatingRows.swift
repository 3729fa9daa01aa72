import FileOutput
import Ratings

/// The rows of one piece of a ratings file, with IDs numbered within the piece.
struct RatingRows: Sendable {
    /// What becomes of rows.
    struct Rules: Sendable {
        /// Stops at the first malformed row, which is then the only one in `rejected`.
        var stopsAtFault = true
        /// Ratings off the scale are left out.
        var scale: ClosedRange<Float>?
        /// Whether quoted fields may span lines. Where they may not, the first line with an open quote ends the piece, for
        /// the place where it was cut off may lie within quotes.
        var joinsLines = true
    }

    var users: [Int32] = []
    var items: [Int32] = []
    var values: [Float] = []
    var timestamps: [Int64] = []
    var userIDs = ByteInterner()
    var itemIDs = ByteInterner()
    /// Lines are counted from 1 at the start of the piece; `isCutOff` if the text ends within the line.
    private(set) var rejected: [(fault: RowFault, row: RejectedRow, isCutOff: Bool)] = []
    /// The number of lines read, including blank ones.
    private(set) var lineCount = 0
    private(set) var outOfScale = 0
    /// The largest time, by which units finer than seconds are told.
    private(set) var latest = Int64.min
    private(set) var commentCount = 0
    /// Whether a quote was left open where none may be.
    private(set) var hasOpenQuote = false
    /// Whether a malformed row ended the parsing.
    private(set) var stopped = false
    private var wanted: ArraySlice<Int>
    /// The rows that were found again.
    private(set) var found: [(line: Int, text: String)] = []

    /// The item of the last heading.
    private var heading: Int32?
    let rules: Rules

    /// - Parameter wanted: rows to find again, ascending, counted from 0.
    init(_ rules: Rules, finding wanted: [Int] = []) {
        self.rules = rules
        self.wanted = wanted[...]
    }

    /// Reserves capacity for rows.
    mutating func reserveCapacity(_ count: Int, _ layout: RatingsLayout) {
        users.reserveCapacity(count)
        items.reserveCapacity(count)
        values.reserveCapacity(count)
        if layout.timestamp != nil { timestamps.reserveCapacity(count) }
    }

    /// Begins the next file: its lines are counted from 1, and the faults of the last one are forgotten.
    mutating func beginText() {
        heading = nil
        lineCount = 0
        rejected = []
    }

    /// Parses the next lines of the piece.
    ///
    /// - Parameters:
    ///   - block: whole lines.
    ///   - endsText: whether the text ends with `bytes`.
    /// - Returns: the end of what was parsed: a record that goes on behind the block is left.
    /// - Complexity: O(bytes), without allocations per row except for array growth.
    mutating func append(_ bytes: Span<UInt8>, _ block: Range<Int>, _ layout: RatingsLayout, endsText: Bool) -> Int {
        var cursor = LineCursor(block)
        let usesFastPath = PlainLine.suits(layout) && wanted.isEmpty
        let plainEnd = usesFastPath ? min(block.upperBound, bytes.count - PlainLine.reach) : 0
        var fields: [Range<Int>] = []
        var plain = PlainRows(rules.scale)
        defer { lineCount += cursor.lineNumber }
        while true {
            while cursor.position < plainEnd {
                let count = plain.read(bytes, &cursor, before: plainEnd, layout, &userIDs, &itemIDs)
                if count == 0 { break }
                append(plain, count, layout)
            }
            guard let line = cursor.next(bytes) else { return block.upperBound }
            let number = lineCount + cursor.lineNumber
            do throws(RowFault) {
                try append(bytes, line, layout, &fields, &cursor)
                find(bytes, line.lowerBound..<cursor.position, number)
            } catch {
                if error == .openQuote, !rules.joinsLines {
                    hasOpenQuote = true
                    return block.upperBound
                }
                let isLast = endsText && block.upperBound == bytes.count
                if error == .openQuote, !isLast, block.upperBound - line.lowerBound < LineCursor.longestLine {
                    // It may be closed behind the block; the line is counted again with the next one.
                    lineCount -= 1
                    return line.lowerBound
                }
                reject(error, bytes, line, number, isCutOff: isLast && line.upperBound == bytes.count)
                if rules.stopsAtFault && !rejected.isEmpty {
                    stopped = true
                    return block.upperBound
                }
            }
        }
    }

    private mutating func reject(
        _ fault: RowFault, _ bytes: Span<UInt8>, _ line: Range<Int>, _ number: Int, isCutOff: Bool
    ) {
        if case .offScale = fault {
            outOfScale += 1
            if rules.stopsAtFault { return }
        }
        let text = String(decoding: line.prefix(1000).map { bytes[$0] }, as: UTF8.self)
        rejected.append((fault, RejectedRow(line: number, reason: fault.problem, text: text), isCutOff))
    }

    private mutating func find(_ bytes: Span<UInt8>, _ record: Range<Int>, _ number: Int) {
        guard let next = wanted.first, next == values.count - 1 else { return }
        wanted.removeFirst()
        var text = record
        while let last = text.last, bytes[last] == UInt8(ascii: "\n") || bytes[last] == UInt8(ascii: "\r") {
            text.removeLast()
        }
        found.append((number, String(decoding: text.prefix(1000).map { bytes[$0] }, as: UTF8.self)))
    }

    private mutating func append(_ rows: PlainRows, _ count: Int, _ layout: RatingsLayout) {
        users += rows.users[..<count]
        items += rows.items[..<count]
        values += rows.values[..<count]
        guard layout.timestamp != nil else { return }
        timestamps += rows.timestamps[..<count]
        // While the batch is in the cache.
        for time in rows.timestamps[..<count] { latest = max(latest, time) }
    }

    /// Appends a complete row or nothing; a comment or heading is no row and no fault.
    private mutating func append(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ layout: RatingsLayout, _ fields: inout [Range<Int>],
        _ cursor: inout LineCursor
    ) throws(RowFault) {
        if let mark = layout.commentMark, bytes[line.lowerBound] == mark {
            commentCount += 1
            return
        }
        guard line.count <= LineCursor.longestLine else { throw .tooLong(bytes: line.count) }
        if layout.shape == .jsonLines {
            return try append(JSONRecord(bytes, line, keys: layout.keys, idCount: 2), layout)
        }
        if layout.shape == .headings, takeHeading(bytes, line) { return }
        try split(bytes, line, layout, &fields, &cursor)
        try checkID(bytes, fields, layout.user)
        if layout.shape != .headings { try checkID(bytes, fields, layout.item) }
        let rating = try layout.rating.map { column throws(RowFault) in
            try self.rating(bytes, fields[column], layout, column)
        }
        let time = try layout.timestamp.map { column throws(RowFault) in
            try moment(bytes, fields[column], layout, column)
        }
        if layout.shape == .headings {
            guard let heading else { throw .noHeading }
            items.append(heading)
        } else {
            items.append(Self.intern(bytes, fields[layout.item], in: &itemIDs))
        }
        users.append(Self.intern(bytes, fields[layout.user], in: &userIDs))
        values.append(rating ?? 1)
        if let time {
            timestamps.append(time)
            latest = max(latest, time)
        }
    }

    private func split(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ layout: RatingsLayout, _ fields: inout [Range<Int>],
        _ cursor: inout LineCursor
    ) throws(RowFault) {
        let joinsLines = rules.joinsLines && !layout.hasLooseQuotes
        let reach = joinsLines ? min(cursor.end, line.lowerBound + LineCursor.longestLine) : nil
        switch splitRecord(bytes, line, layout.delimiter, reach: reach, into: &fields) {
        case .whole(let end): cursor.finish(bytes, recordEnding: end)
        case .open where layout.hasLooseQuotes, .broken where layout.hasLooseQuotes:
            _ = splitRecord(bytes, line, layout.delimiter, hasQuotes: false, into: &fields)
        case .open: throw .openQuote
        case .broken: throw .brokenQuote
        }
        guard fields.count == layout.fieldCount else {
            throw line.contains { bytes[$0] == 0 }
                ? .notText : .fieldCount(fields.count, expected: layout.fieldCount)
        }
    }

    /// `17:` is the item of the rows below.
    private mutating func takeHeading(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        guard bytes[line.upperBound - 1] == UInt8(ascii: ":"), line.count > 1 else { return false }
        heading = itemIDs.intern(bytes, line.lowerBound..<line.upperBound - 1)
        return true
    }

    /// Appends the row of a JSON object.
    private mutating func append(_ record: JSONRecord?, _ layout: RatingsLayout) throws(RowFault) {
        guard let record else { throw .notJSON }
        func field(_ place: Int) throws(RowFault) -> [UInt8] {
            guard let text = record.fields[place], !text.isEmpty else { throw .missing(name: layout.keys[place]) }
            return Array(text.utf8)
        }
        let (user, item) = (try field(layout.user), try field(layout.item))
        let rating = try layout.rating.map { place throws(RowFault) in
            let text = try field(place)
            return try self.rating(text.span, text.indices, layout, nil)
        }
        let time = try layout.timestamp.map { place throws(RowFault) in
            let text = try field(place)
            return try moment(text.span, text.indices, layout, nil)
        }
        users.append(userIDs.intern(user.span, user.indices))
        items.append(itemIDs.intern(item.span, item.indices))
        values.append(rating ?? 1)
        if let time {
            timestamps.append(time)
            latest = max(latest, time)
        }
    }
}
