import GRDB

/// Numbers users or items within a store: those that it knows keep their numbers, others get the next.
struct IDWriter {
    private let database: Database
    private let findNumber: Statement
    private let add: Statement
    private let setSeal: Statement

    init(_ database: Database, _ column: String, _ table: String) throws {
        self.database = database
        findNumber = try database.cachedStatement(sql: "SELECT \(column) FROM \(table) WHERE id = ?")
        add = try database.cachedStatement(sql: "INSERT INTO \(table) (id) VALUES (?)")
        setSeal = try database.cachedStatement(sql: "UPDATE \(table) SET seal = ? WHERE \(column) = ?")
    }

    /// nil for an id that is not known.
    func find(_ id: String) throws -> Int64? { try Int64.fetchOne(findNumber, arguments: [id]) }

    func number(of id: String) throws -> Int64 {
        if let known = try find(id) { return known }
        try add.execute(arguments: [id])
        let number = database.lastInsertedRowID
        try setSeal.execute(arguments: [RowSeal.id(number, id), number])
        return number
    }
}
