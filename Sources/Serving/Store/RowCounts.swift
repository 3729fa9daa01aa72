import GRDB

extension Store {
    /// The number of rows of each table, in the order of the names.
    public func rowCounts(of tables: [String]) throws(StoreError) -> [Int] {
        try read { database in
            try tables.map { table in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)") ?? 0
            }
        }
    }
}
