import FileOutput
import Store

extension ReadOnlyQuery {
    /// The rows of an answer as text, empty for null.
    public static func rows(_ sql: String, _ path: String) throws -> [String] {
        try ReadOnlyQuery(sql).run(onStoreAt: path).rows.map { row in
            row.map { value in
                switch value {
                case .null: ""
                case .integer(let number): "\(number)"
                case .real(let number): "\(number)"
                case .text(let text): text
                case .bytes(let bytes): "\(bytes.count) bytes"
                }
            }.joined(separator: " ")
        }
    }
}
