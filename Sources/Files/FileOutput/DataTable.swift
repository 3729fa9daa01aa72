public import Foundation

/// Rows of values under named columns, whatever they are of: the answer to a query.
public struct DataTable: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        case bytes(Data)

        /// The value as people and spreadsheets read it; bytes in hexadecimal.
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

    public let columns: [String]
    /// A value for each column.
    public let rows: [[Value]]
    /// Whether there are more rows, which a limit has left out.
    public let isTruncated: Bool

    public init(columns: [String], rows: [[Value]], isTruncated: Bool = false) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "a value for each column")
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
    }

    /// The place of a column.
    package func index(of column: String) -> Int? { columns.firstIndex(of: column) }
}

extension DataTable {
    /// A header and a line for each row (RFC 4180).
    public func writeCSV(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(columns.map(csvField).joined(separator: ",") + "\n")
        for row in rows { try writer.write(row.map { csvField($0.plain) }.joined(separator: ",") + "\n") }
    }

    public var csv: String {
        let lines = [columns.map(csvField)] + rows.map { row in row.map { csvField($0.plain) } }
        return lines.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Columns below each other, numbers at the right end of theirs.
    ///
    /// - Parameter widest: longer texts are cut.
    public func text(widest: Int = 60) -> String {
        func cut(_ text: String) -> String {
            let line = text.map { $0.isNewline ? " " : $0 }
            return line.count > widest ? String(line.prefix(widest - 1)) + "…" : String(line)
        }
        let cells = rows.map { row in row.map { cut($0.plain) } }
        let widths = columns.indices.map { column in
            cells.reduce(columns[column].count) { max($0, $1[column].count) }
        }
        let isNumeric = columns.indices.map { column in
            rows.contains { $0[column].isNumber } && rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
        }
        func line(_ texts: [String]) -> String {
            let padded = texts.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - texts[column].count)
                return isNumeric[column] ? space + texts[column] : texts[column] + space
            }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        let count =
            "(\(rows.count) \(rows.count == 1 ? "row" : "rows")\(isTruncated ? ", and more that a limit left out" : ""))"
        return ([line(columns), rule] + cells.map(line) + [count]).joined(separator: "\n")
    }
}

extension DataTable: Encodable {
    private enum CodingKeys: String, CodingKey { case columns, rows, truncated }

    /// `{"columns": […], "rows": [[…], …], "truncated": false}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(columns, forKey: .columns)
        try container.encode(rows, forKey: .rows)
        try container.encode(isTruncated, forKey: .truncated)
    }
}

extension DataTable.Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .integer(let number): try container.encode(number)
        // JSON has no infinity and nothing that is not a number.
        case .real(let number): if number.isFinite { try container.encode(number) } else { try container.encodeNil() }
        case .text(let text): try container.encode(text)
        case .bytes: try container.encode(plain)
        }
    }
}
