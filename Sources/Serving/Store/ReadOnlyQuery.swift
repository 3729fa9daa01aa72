import Dispatch
public import FileOutput
import GRDB
import GRDBSQLite
import Synchronization

/// One statement of SQL that only reads, within limits of rows, bytes and time.
public struct ReadOnlyQuery: Sendable {
    public let sql: String
    /// Rows beyond it are left out, and the result says so.
    public var rowLimit = 10_000
    /// Seconds after which the statement is ended.
    public var timeLimit = 10.0

    /// Bytes of all values, and of the room that each takes, beyond which no more rows are read.
    public var byteLimit = 256 << 20
    /// Seconds that a limit of time can have at most.
    static let longest = 1e6
    /// How long a query waits for another process that holds the store.
    private static let patience = 5.0

    public init(_ sql: String) { self.sql = sql }

    /// Runs it on a connection that cannot write, against a state that a writer does not change.
    ///
    /// - Parameter stop: ends it from another thread.
    /// - Throws: `StoreError.query` for anything but one statement that reads, `.tooLong` beyond the time limit.
    public func run(onStoreAt path: String, stop: QueryStop = QueryStop()) throws(StoreError) -> DataTable {
        try requireSelect()
        return try reading(storeAt: path, stop: stop, table)
    }

    /// Runs what reads on such a connection, within the limit of time.
    func reading<Value>(
        storeAt path: String, stop: QueryStop, _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        let file = StoreFile(path)
        try file.requireStore()
        let isLate = Atomic(false)
        do {
            return try Store.translating(path) {
                var configuration = Configuration()
                configuration.busyMode = .timeout(min(timeLimit, Self.patience))
                configuration.prepareDatabase { QueryConfinement.limit($0) }
                let queue = try file.reader(configuration)
                try stop.begin(queue)
                let alarm = DispatchSource.makeTimerSource()
                alarm.schedule(deadline: .now() + min(timeLimit, Self.longest))
                alarm.setEventHandler {
                    isLate.store(true, ordering: .relaxed)
                    queue.interrupt()
                }
                alarm.resume()
                defer { alarm.cancel() }
                return try queue.read(storeAt: path) { database in
                    HiddenTables.hide(in: database)
                    return try body(database)
                }
            }
        } catch {
            if isLate.load(ordering: .relaxed) { throw .tooLong(seconds: timeLimit) }
            throw error
        }
    }

    /// A connection that cannot write could still attach other files or change its own settings.
    private func requireSelect() throws(StoreError) {
        let word = sql.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.uppercased()
        guard ["SELECT", "WITH", "VALUES", "EXPLAIN"].contains(word) else {
            throw .query("only SELECT, WITH, VALUES and EXPLAIN are run, not \"\(sql.prefix(40))\"")
        }
        // SQLite would read no further.
        if sql.contains("\0") { throw .query("a statement has no NUL in it") }
    }

    private func table(_ database: Database) throws -> DataTable {
        let statements = try database.allStatements(sql: sql, arguments: nil)
        guard let statement = try statements.next() else { throw StoreError.query("there is no statement") }
        guard statement.isReadonly, try statements.next() == nil else {
            throw StoreError.query("only one statement that reads is run")
        }
        var rows: [[DataTable.Value]] = []
        var bytes = 0
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            // Before the values are copied: there may be many of them in one row.
            bytes += Self.bytes(ofRow: statement)
            if rows.isEmpty, bytes > byteLimit {
                throw StoreError.query("one row has \(bytes >> 20) MB; select fewer columns, or parts of their values")
            }
            guard rows.count < rowLimit, bytes <= byteLimit else {
                return DataTable(columns: statement.columnNames, rows: rows, isTruncated: true)
            }
            rows.append(Array(row.databaseValues.map(DataTable.Value.init)))
        }
        return DataTable(columns: statement.columnNames, rows: rows)
    }

    /// What the values of the row that a statement is at take in memory.
    private static func bytes(ofRow statement: Statement) -> Int {
        (0..<Int32(statement.columnCount)).reduce(0) { sum, column in
            let type = unsafe sqlite3_column_type(statement.sqliteStatement, column)
            // Of a number it would make a text.
            let isLong = type == SQLITE_TEXT || type == SQLITE_BLOB
            let length = isLong ? unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, column)) : 0
            return sum + MemoryLayout<DataTable.Value>.stride + length
        }
    }
}

extension DataTable.Value {
    init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let integer): .integer(integer)
            case .double(let real): .real(real)
            case .string(let text): .text(text)
            case .blob(let bytes): .bytes(bytes)
            }
    }
}

extension AnalyticsView {
    /// The view's rows, at most `limit`.
    ///
    /// - Parameters:
    ///   - newest: whether they are the last ones, by the first column, instead of the first; ascending either way.
    ///   - timeLimit: seconds.
    ///   - stop: ends it from another thread.
    public func table(
        ofStoreAt path: String, limit: Int, newest: Bool = false, timeLimit: Double = 600, stop: QueryStop = QueryStop()
    ) throws(StoreError) -> DataTable {
        let last = "SELECT * FROM (SELECT * FROM \(name) ORDER BY 1 DESC LIMIT \(limit)) ORDER BY 1"
        var query = ReadOnlyQuery(newest ? last : "SELECT * FROM \(name)")
        query.rowLimit = limit
        query.timeLimit = timeLimit
        return try query.run(onStoreAt: path, stop: stop)
    }
}
