import GRDB
import GRDBSQLite

/// What SQL does not read, whoever asks: hashes of keys, what keys have called their requests, the audit, who was erased, and the
/// pages of the file, in which all of these stand.
enum HiddenTables {
    private static let tables: Set = [
        "audit", "audit_marks", "idempotency_keys", "tombstones", "erasures", "erasure_state", "sqlite_dbpage",
        "sqlite_stat4",
    ]
    private static let columns: [String: Set<String>] = ["api_keys": ["hash"]]

    static func hides(_ table: String, _ column: String) -> Bool {
        tables.contains(table) || columns[table]?.contains(column) == true
    }

    /// Refuses statements that read what is hidden, also by a view or an expression, when they are prepared. It takes the place of GRDB's
    /// own authorizer, which only observes, so the connection is to be used for nothing else.
    static func hide(in database: Database) {
        _ = unsafe sqlite3_set_authorizer(
            database.sqliteConnection,
            { _, action, table, column, _, _ in
                guard action == SQLITE_READ, let table = unsafe table, let column = unsafe column else {
                    return SQLITE_OK
                }
                let isHidden = unsafe HiddenTables.hides(String(cString: table), String(cString: column))
                return isHidden ? SQLITE_DENY : SQLITE_OK
            }, nil)
    }

    /// What SQLite says of a statement that was refused, and what to do.
    static func explanation(_ message: String) -> String {
        "\(message). SQL does not read hashes of keys, requests of keys, erasures and the audit. "
            + "Name the other columns of api_keys; the audit is for auditors."
    }
}
