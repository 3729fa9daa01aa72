import FileOutput
import Ratings

/// The fault of a malformed row.
enum RowFault: Error, Equatable {
    case fieldCount(Int, expected: Int)
    case openQuote
    case emptyID(column: Int)
    case notANumber(name: String, text: String, column: Int)
    case notFinite(name: String, text: String, column: Int)
    case tooLong(bytes: Int)
    case notText

    var problem: String {
        switch self {
        case .fieldCount(let count, let expected):
            "the row has \(count) \(count == 1 ? "field" : "fields"), not \(expected)"
        case .openQuote: "a quote is not closed, or text follows the closing one"
        case .emptyID: "the id is empty"
        case .notANumber(let name, let text, _): "\(name) \"\(text)\" is not a number"
        case .notFinite(let name, let text, _): "\(name) \"\(text)\" is not a finite number"
        case .tooLong(let bytes): "the line has \(bytes) bytes"
        case .notText: "the line contains a NUL byte"
        }
    }

    /// Counted from 1.
    var column: Int? {
        switch self {
        case .emptyID(let column), .notANumber(_, _, let column), .notFinite(_, _, let column): column
        case .fieldCount, .openQuote, .tooLong, .notText: nil
        }
    }
}

/// The rows of one piece of a ratings file, with IDs numbered within the piece.
struct RatingRows: Sendable {
    var users: [Int32] = []
    var items: [Int32] = []
    var values: [Float] = []
    var timestamps: [Int64] = []
    var userIDs = ByteInterner()
    var itemIDs = ByteInterner()
    /// Lines are counted from 1 at the start of the piece; `end` is the start of the next line.
    private(set) var rejected: [(fault: RowFault, row: RejectedRow, end: Int)] = []
    /// The number of lines read, including blank ones.
    private(set) var lineCount = 0

    /// Reserves capacity for rows.
    mutating func reserveCapacity(_ count: Int, _ layout: RatingsLayout) {
        users.reserveCapacity(count)
        items.reserveCapacity(count)
        values.reserveCapacity(count)
        if layout.timestamp != nil { timestamps.reserveCapacity(count) }
    }

    /// Parses the next lines of the piece.
    ///
    /// - Parameter stopsAtFault: stops at the first malformed row, which is then the only one in `rejected`.
    /// - Complexity: O(bytes), without allocations per row except for array growth.
    mutating func append(
        _ bytes: Span<UInt8>, _ block: Range<Int>, _ layout: RatingsLayout, stopsAtFault: Bool
    ) {
        var cursor = LineCursor(block)
        let plainEnd = PlainLine.suits(layout) ? min(block.upperBound, bytes.count - PlainLine.reach) : 0
        var fields: [Range<Int>] = []
        var plain = PlainRows()
        while true {
            while cursor.position < plainEnd {
                let count = plain.read(bytes, &cursor, before: plainEnd, layout, &userIDs, &itemIDs)
                if count == 0 { break }
                append(plain, count, layout)
            }
            guard let line = cursor.next(bytes) else { break }
            do throws(RowFault) {
                try append(bytes, line, layout, &fields)
            } catch {
                let text = String(decoding: line.prefix(1000).map { bytes[$0] }, as: UTF8.self)
                let row = RejectedRow(line: lineCount + cursor.lineNumber, reason: error.problem, text: text)
                rejected.append((error, row, cursor.position))
                if stopsAtFault { break }
            }
        }
        lineCount += cursor.lineNumber
    }

    private mutating func append(_ rows: PlainRows, _ count: Int, _ layout: RatingsLayout) {
        users += rows.users[..<count]
        items += rows.items[..<count]
        values += rows.values[..<count]
        if layout.timestamp != nil { timestamps += rows.timestamps[..<count] }
    }

    /// Appends a complete row or nothing.
    private mutating func append(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ layout: RatingsLayout,
        _ fields: inout [Range<Int>]
    ) throws(RowFault) {
        guard line.count <= LineCursor.longestLine else { throw .tooLong(bytes: line.count) }
        guard splitFields(bytes, line, layout.delimiter, into: &fields) else { throw .openQuote }
        guard fields.count == layout.fieldCount else {
            throw line.contains { bytes[$0] == 0 }
                ? .notText : .fieldCount(fields.count, expected: layout.fieldCount)
        }
        try checkID(bytes, fields, layout.user)
        try checkID(bytes, fields, layout.item)
        let rating = try number(
            bytes, fields, layout.rating, "rating", limit: Double(Float.greatestFiniteMagnitude))
        if let column = layout.timestamp {
            timestamps.append(Int64(try number(bytes, fields, column, "timestamp", limit: 0x1p62)))
        }
        users.append(Self.intern(bytes, fields[layout.user], in: &userIDs))
        items.append(Self.intern(bytes, fields[layout.item], in: &itemIDs))
        values.append(Float(rating))
    }

    private func checkID(
        _ bytes: Span<UInt8>, _ fields: [Range<Int>], _ column: Int
    ) throws(RowFault) {
        if fields[column].isEmpty { throw .emptyID(column: column + 1) }
        if fields[column].contains(where: { bytes[$0] == 0 }) { throw .notText }
    }

    private func number(
        _ bytes: Span<UInt8>, _ fields: [Range<Int>], _ column: Int, _ name: String, limit: Double
    ) throws(RowFault) -> Double {
        let text = fields[column]
        switch ParsedNumber(bytes, text) {
        case .finite(let value) where abs(value) <= limit: return value
        case .finite, .notFinite:
            throw .notFinite(name: name, text: excerpt(bytes, text), column: column + 1)
        case .notANumber:
            throw .notANumber(name: name, text: excerpt(bytes, text), column: column + 1)
        }
    }

    /// Interns an ID, unescaping doubled quotes in quoted ones.
    private static func intern(
        _ bytes: Span<UInt8>, _ field: Range<Int>, in interner: inout ByteInterner
    ) -> Int32 {
        let quote = UInt8(ascii: "\"")
        let isQuoted = field.lowerBound > 0 && bytes[field.lowerBound - 1] == quote
        guard isQuoted, field.contains(where: { bytes[$0] == quote }) else {
            return interner.intern(bytes, field)
        }
        var unescaped: [UInt8] = []
        var index = field.lowerBound
        while index < field.upperBound {
            unescaped.append(bytes[index])
            // All quotes in a quoted field are doubled.
            index += bytes[index] == quote ? 2 : 1
        }
        return interner.intern(unescaped.span, 0..<unescaped.count)
    }
}
