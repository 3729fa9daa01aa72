import GRDB

extension Row {
    /// A value by its place. GRDB's own subscript stops the program where a damaged store has a value of another type.
    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(at place: Int) -> Value {
        get throws { try decode(atIndex: place) }
    }

    /// A value by the name of its column, nil for null.
    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(at name: String) -> Value {
        get throws { try decode(forColumn: name) }
    }
}
