import GRDB
import GRDBSQLite

/// Which columns of tables the columns of views come from.
public enum ViewLineage {
    /// A column of a table.
    public struct Field: Sendable, Hashable, Comparable, CustomStringConvertible {
        public let table: String
        public let column: String

        public init(_ table: String, _ column: String) {
            self.table = table
            self.column = column
        }

        public static func < (one: Field, other: Field) -> Bool {
            (one.table, one.column) < (other.table, other.column)
        }

        public var description: String { "\(table).\(column)" }
    }

    /// The columns whose values, or counts of them, a column of a view shows. The columns of all views mean the same, but for
    /// `id`.
    ///
    /// - Returns: nil for a column that no view has.
    public static func sources(ofColumn column: String, ofView view: String) -> [Field]? {
        if column == "id" || column == "user_id" || column == "item_id" {
            return [view == "active_users" || column == "user_id" ? Field("users", "id") : Field("items", "id")]
        }
        let isByArrival = view == "ratings_per_minute_of_arrival"
        if ["minute", "hour", "day", "month"].contains(column) {
            return [Field("ratings", isByArrival ? "arrived" : "time")]
        }
        return direct[column]
    }

    /// What makes a row of ratings, and so a count of them.
    static let key = [Field("ratings", "item"), Field("ratings", "user")]
    private static let value = Field("ratings", "value")
    private static let time = Field("ratings", "time")

    private static let direct = [
        "title": [Field("items", "title")], "value": [value], "rating": [value], "timestamp": [time],
        "genre": [Field("genres", "name")], "ratings": key, "share": key, "average": [value],
        "bayesian_average": [value], "above_mean": [value], "first_time": [time], "last_time": [time],
        "active_users": [Field("ratings", "user")], "ratings_per_user": key,
    ]

    /// The columns of tables that SQLite reads for a view: what its columns show, and what it groups, filters and sorts by.
    ///
    /// SQLite names them when it compiles the view, for an empty store in memory. It does not name columns of `USING`, nor those of
    /// rows that are only counted.
    ///
    /// - Returns: in order; empty for a name that no view has.
    public static func read(byView view: String) throws(StoreError) -> [Field] {
        try Store.translating("the schema") {
            let queue = try DatabaseQueue()
            try Schema.migrator.migrate(queue)
            return try queue.read { database in
                let relations = Set(
                    try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
                guard try database.viewExists(view) else { return [] }
                return try compiled("SELECT * FROM \(view)", database).filter { relations.contains($0.table) }.sorted()
            }
        }
    }

    /// What SQLite asks leave to read while it compiles a statement.
    private static func compiled(_ sql: String, _ database: Database) throws -> Set<Field> {
        final class Fields { var all: Set<Field> = [] }
        let fields = Fields()
        let connection = unsafe database.sqliteConnection
        try withExtendedLifetime(fields) {
            unsafe sqlite3_set_authorizer(
                connection,
                { context, action, table, column, _, _ in
                    guard action == SQLITE_READ, let context = unsafe context, let table = unsafe table,
                        let column = unsafe column
                    else { return SQLITE_OK }
                    let field = unsafe Field(String(cString: table), String(cString: column))
                    // Without a column where rows are counted.
                    if !field.column.isEmpty {
                        unsafe Unmanaged<Fields>.fromOpaque(context).takeUnretainedValue().all.insert(field)
                    }
                    return SQLITE_OK
                }, Unmanaged.passUnretained(fields).toOpaque())
            defer { unsafe sqlite3_set_authorizer(connection, nil, nil) }
            var statement: OpaquePointer?
            let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
            defer { unsafe sqlite3_finalize(statement) }
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
        return fields.all
    }
}
