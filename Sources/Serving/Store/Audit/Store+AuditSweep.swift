import GRDB

extension Store {
    /// How many entries are older than a time, from the first on.
    ///
    /// - Parameter time: seconds since 1970.
    public func auditEntries(before time: Int64) throws(StoreError) -> Int {
        try read { try Self.expired($0, before: time).count }
    }

    /// Removes the entries that are older than a time, from the first on. The chain then begins behind them, under a seal, and the sweep
    /// itself is the newest entry.
    ///
    /// - Parameter time: seconds since 1970.
    /// - Returns: how many were removed.
    /// - Throws: `StoreError.inconsistent` where the audit does not hold: what was forged is not to be swept away.
    public func sweepAudit(before time: Int64, by actor: String) throws(StoreError) -> Int {
        let verified = try verifyAudit()
        if let problem = verified.problem {
            throw .inconsistent(
                path: path, problem: "the audit does not hold (\(problem)), so nothing of it is removed",
                remedy: "Restore a copy, or keep the store as evidence.")
        }
        return try write { database in
            let (count, last) = try Self.expired(database, before: time)
            guard let last, let key = try AuditKey(ofStoreAt: path) else { return 0 }
            guard
                let chain = try Row.fetchOne(
                    database, sql: "SELECT chain FROM audit WHERE entry = ?", arguments: [last])
            else { return 0 }
            try AuditChain(key: key).set(.start, last, try chain[at: 0], in: database)
            try database.execute(sql: "DELETE FROM audit WHERE entry <= ?", arguments: [last])
            try audit("audit.sweep", by: actor, detail: "removed \(count), up to entry \(last)", in: database)
            return count
        }
    }

    /// The entries before the first that is new enough: clocks can go back, and the rest of the chain has no gaps.
    private static func expired(_ database: Database, before time: Int64) throws -> (count: Int, last: Int64?) {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT count(*), max(entry) FROM audit
                WHERE entry < IFNULL((SELECT min(entry) FROM audit WHERE time >= ?), 1 + (SELECT max(entry) FROM audit))
                """, arguments: [time])
        return try (row?[at: 0] ?? 0, row?[at: 1])
    }
}
