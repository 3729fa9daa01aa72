import Dispatch
import GRDB
import GRDBSQLite
import Platform

/// What a statement may take from the system, in a process that does nothing else.
///
/// A statement can take any memory and time within one step, where no timer of SQLite acts: one call of `replace`, one row of
/// large values, common table expressions that refer to each other when it is prepared. So SQLite's memory is bounded,
/// temporary files are, and whatever goes on past its time ends with the process.
public enum QueryConfinement {
    /// Bytes that SQLite may hold; it keeps more of sorts and intermediate tables in files.
    private static let memoryLimit: Int64 = 96 << 20
    /// Seconds past the limit within which SQLite may end a statement itself.
    private static let grace = 0.5

    /// - Parameters:
    ///   - fileLimit: bytes of each temporary file.
    ///   - onTimeout: told that the time is over, from another thread; it ends the process.
    public static func begin(
        timeLimit: Double, fileLimit: Int = 4 << 30, onTimeout: @escaping @Sendable () -> Never
    ) {
        sqlite3_hard_heap_limit64(memoryLimit)
        limitFileSize(fileLimit)
        let seconds = min(timeLimit, ReadOnlyQuery.longest) + grace
        DispatchQueue.global(qos: .userInteractive).asyncAfter(deadline: .now() + seconds) { onTimeout() }
    }

    /// What SQL cannot set, nor GRDB: SQLite's own limits of a connection.
    static func limit(_ database: Database) {
        for (category, limit) in limits { _ = unsafe sqlite3_limit(database.sqliteConnection, category, limit) }
    }

    private static let limits: KeyValuePairs<Int32, Int32> = [
        SQLITE_LIMIT_LENGTH: 1 << 20, SQLITE_LIMIT_SQL_LENGTH: 1 << 20, SQLITE_LIMIT_COLUMN: 200,
        SQLITE_LIMIT_EXPR_DEPTH: 200, SQLITE_LIMIT_COMPOUND_SELECT: 200, SQLITE_LIMIT_VDBE_OP: 1 << 20,
        SQLITE_LIMIT_FUNCTION_ARG: 100, SQLITE_LIMIT_ATTACHED: 0, SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
        SQLITE_LIMIT_TRIGGER_DEPTH: 1, SQLITE_LIMIT_WORKER_THREADS: 0,
    ]
}
