public import FileOutput
import Foundation

/// A row of a file of decisions, as text: `user_id,purpose,decision,time,source`, of which time and source may be missing.
public struct DecisionRow: Sendable, Equatable {
    /// The line it begins on, counted from 1.
    public let line: Int
    /// The id of the user, as in the source.
    public let user: String
    /// What the data is used for, by its name.
    public let purpose: String
    /// What was decided, such as `grant` or `withdraw`.
    public let decision: String
    /// Seconds since 1970, nil where the row has none.
    public let time: Int64?
    /// Where the decision comes from, nil where the row does not say.
    public let source: String?
    /// Why it says nothing, such as a time that cannot be read; nil where it does.
    public let fault: String?
}

extension DecisionRow {
    private static let header = ["user_id", "purpose", "decision", "time", "source"]

    /// Comma-separated rows in UTF-8; a first line with the names of the columns is none.
    ///
    /// - Throws: `InputError` where the file cannot be read as text.
    public static func read(_ path: String) throws(InputError) -> [DecisionRow] {
        let file = try FileBytes(
            path: path, expected: "a user, a purpose and a decision per line, such as 7,export,withdraw")
        let records = DelimitedRecords(file).all { _, _ in Delimiter(byte: UInt8(ascii: ","), isDoubled: false) }
        var rows: [DecisionRow] = []
        for (index, record) in records.enumerated() {
            let fields = record.fields.map { $0.trimmingCharacters(in: .whitespaces) }
            if fields.allSatisfy(\.isEmpty) || index == 0 && header.starts(with: fields.map { $0.lowercased() }) {
                continue
            }
            rows.append(DecisionRow(fields, line: record.line))
        }
        return rows
    }

    private init(_ fields: [String], line: Int) {
        func field(_ place: Int) -> String? {
            fields.indices.contains(place) && !fields[place].isEmpty ? fields[place] : nil
        }
        self.line = line
        user = field(0) ?? ""
        purpose = field(1) ?? ""
        decision = field(2) ?? ""
        source = field(4)
        let bytes = Array((field(3) ?? "").utf8)
        time = Int64(field(3) ?? "") ?? Moment.seconds(bytes.span, bytes.indices)
        fault =
            if !(3...5 ~= fields.count) {
                "it has \(fields.count) fields, not 3 to 5"
            } else if user.isEmpty {
                "the user is missing"
            } else if !bytes.isEmpty, time == nil {
                "the time is neither seconds since 1970 nor a date such as 2026-01-31 or 2026-01-31T12:00:00Z"
            } else {
                nil
            }
    }
}
