public import Foundation

/// Rows of values under named columns: the result of a query.
public struct DataTable: Sendable, Equatable {
    /// A value of a cell.
    public enum Value: Sendable, Equatable {
        /// No value.
        case null
        /// An integer.
        case integer(Int64)
        /// A floating-point number.
        case real(Double)
        /// A text.
        case text(String)
        /// Binary data.
        case bytes(Data)

        /// The value as text for people and spreadsheets; bytes in hexadecimal.
        public var plain: String {
            switch self {
            case .null: ""
            case .integer(let number): "\(number)"
            case .real(let number): "\(number)"
            case .text(let text): text
            case .bytes(let bytes): bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
        }

        package var isNumber: Bool {
            switch self {
            case .integer, .real: true
            case .null, .text, .bytes: false
            }
        }

        package var number: Double? {
            switch self {
            case .integer(let number): Double(number)
            case .real(let number): number
            case .null, .text, .bytes: nil
            }
        }
    }

    /// The names of the columns.
    public let columns: [String]
    /// One value per column.
    public let rows: [[Value]]
    /// Whether a limit omitted further rows.
    public let isTruncated: Bool
    /// How many rows were hidden because they are about too few people; nil where none would be.
    public let suppressed: Int?

    /// Creates a table; every row has one value per column.
    public init(columns: [String], rows: [[Value]], isTruncated: Bool = false, suppressed: Int? = nil) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "one value per column")
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
        self.suppressed = suppressed
    }

    /// The index of a column.
    package func index(of column: String) -> Int? { columns.firstIndex(of: column) }

    /// The table with other values in one column.
    package func mapping(_ column: String, _ transform: (Value) -> Value) -> DataTable {
        guard let place = index(of: column) else { return self }
        let rows = rows.map { row in
            var row = row
            row[place] = transform(row[place])
            return row
        }
        return DataTable(columns: columns, rows: rows, isTruncated: isTruncated)
    }
}

extension DataTable {
    /// Writes CSV (RFC 4180): a header and one line per row.
    public func writeCSV(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(line(columns) { writer.csvField($0) })
        for row in rows { try writer.write(line(row.map(\.plain)) { writer.csvField($0) }) }
    }

    /// The table as CSV, with a header.
    ///
    /// - Parameter isSpreadsheetSafe: whether fields that a spreadsheet would run get an apostrophe before them.
    public func csv(isSpreadsheetSafe: Bool = false) -> String {
        ([columns] + rows.map { $0.map(\.plain) })
            .map { line($0) { csvField($0, isSpreadsheetSafe: isSpreadsheetSafe) } }.joined()
    }

    private func line(_ texts: [String], _ field: (String) -> String) -> String {
        texts.map(field).joined(separator: ",") + "\n"
    }

    /// Aligned text columns, with numbers right-aligned.
    ///
    /// - Parameter widest: longer texts are truncated.
    public func text(widest: Int = 60) -> String {
        func cut(_ text: String) -> String {
            String(text.map { $0.isNewline ? " " : $0 }).visible(widest: widest)
        }
        let columns = columns.map(cut)
        let cells = rows.map { row in row.map { cut($0.plain) } }
        let widths = columns.indices.map { column in
            cells.reduce(columns[column].count) { max($0, $1[column].count) }
        }
        let isNumeric = columns.indices.map { column in
            rows.contains { $0[column].isNumber } && rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
        }
        func aligned(_ texts: [String]) -> String {
            let padded = texts.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - texts[column].count)
                return isNumeric[column] ? space + texts[column] : texts[column] + space
            }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        let count =
            "(\(rows.count) \(rows.count == 1 ? "row" : "rows")\(isTruncated ? "; a limit omitted more" : ""))"
        return ([aligned(columns), rule] + cells.map(aligned) + [count]).joined(separator: "\n")
    }
}

extension DataTable: Encodable {
    private enum CodingKeys: String, CodingKey { case columns, rows, truncated, suppressed }

    /// `{"columns": […], "rows": [[…], …], "truncated": false}`, and `"suppressed": 3` where rows may be hidden.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(columns, forKey: .columns)
        try container.encode(rows, forKey: .rows)
        try container.encode(isTruncated, forKey: .truncated)
        try container.encodeIfPresent(suppressed, forKey: .suppressed)
    }
}

extension DataTable.Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .integer(let number): try container.encode(number)
        // JSON has neither infinity nor NaN.
        case .real(let number): if number.isFinite { try container.encode(number) } else { try container.encodeNil() }
        case .text(let text): try container.encode(text)
        case .bytes: try container.encode(plain)
        }
    }
}
