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

    /// The most bytes of one value; SQLite makes none that is larger.
    private static let valueLimit: Int32 = 1 << 20
    /// Bytes of all values after which no more rows are taken.
    private static let tableLimit = 64 << 20

    public init(_ sql: String) { self.sql = sql }

    /// Runs it on a connection that cannot write, against a state that a writer does not change.
    ///
    /// - Throws: `StoreError.query` for anything but one statement that reads, `.tooLong` beyond the time limit.
    public func run(onStoreAt path: String) throws(StoreError) -> DataTable {
        let file = StoreFile(path)
        try file.requireStore()
        try requireSelect()
        let isLate = Atomic(false)
        do {
            return try Store.translating(path) {
                var configuration = Configuration()
                configuration.busyMode = .timeout(timeLimit)
                configuration.prepareDatabase { database in
                    // SQL has no word for it, nor has GRDB.
                    _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, Self.valueLimit)
                }
                let queue = try file.reader(configuration)
                let alarm = DispatchSource.makeTimerSource()
                alarm.schedule(deadline: .now() + timeLimit)
                alarm.setEventHandler {
                    isLate.store(true, ordering: .relaxed)
                    queue.interrupt()
                }
                alarm.resume()
                defer { alarm.cancel() }
                return try queue.read(storeAt: path, table)
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
            guard rows.count < rowLimit, bytes < Self.tableLimit else {
                return DataTable(columns: statement.columnNames, rows: rows, isTruncated: true)
            }
            let values = Array(row.databaseValues.map(DataTable.Value.init))
            bytes += values.reduce(0) { $0 + $1.bytes }
            rows.append(values)
        }
        return DataTable(columns: statement.columnNames, rows: rows)
    }
}

extension DataTable.Value {
    fileprivate var bytes: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        }
    }

    fileprivate init(_ value: DatabaseValue) {
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
    public func table(
        ofStoreAt path: String, limit: Int, newest: Bool = false, timeLimit: Double = 600
    ) throws(StoreError) -> DataTable {
        let last = "SELECT * FROM (SELECT * FROM \(name) ORDER BY 1 DESC LIMIT \(limit)) ORDER BY 1"
        var query = ReadOnlyQuery(newest ? last : "SELECT * FROM \(name)")
        query.rowLimit = limit
        query.timeLimit = timeLimit
        return try query.run(onStoreAt: path)
    }
}
