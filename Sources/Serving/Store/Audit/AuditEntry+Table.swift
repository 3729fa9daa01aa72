public import FileOutput

extension [AuditEntry] {
    /// As a table, an entry a row.
    public var table: DataTable {
        DataTable(
            columns: ["entry", "time", "actor", "action", "subject", "detail"],
            rows: map { entry in
                [
                    .integer(entry.entry), .integer(entry.time), .text(entry.actor), .text(entry.action),
                    entry.subject.map(DataTable.Value.text) ?? .null, .text(entry.detail),
                ]
            })
    }
}
