public import Interchange
public import Store

extension DataTable {
    /// The answer of a store to a query.
    public init(_ table: ReadOnlyQuery.Table) {
        self.init(
            columns: table.columns,
            rows: table.rows.map { row in
                row.map { value in
                    switch value {
                    case .null: .null
                    case .integer(let number): .integer(number)
                    case .real(let number): .real(number)
                    case .text(let text): .text(text)
                    case .bytes(let bytes): .bytes(bytes)
                    }
                }
            }, isCut: table.isCut)
    }
}
