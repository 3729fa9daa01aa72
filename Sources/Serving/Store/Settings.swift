import GRDB

/// What holds for the whole store.
enum Settings {
    static func set(_ scale: ClosedRange<Float>, in database: Database) throws {
        let values: [(String, Float)] = [("scale_least", scale.lowerBound), ("scale_most", scale.upperBound)]
        for (name, value) in values {
            try database.execute(
                sql: "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                arguments: [name, Double(value)])
        }
    }
}

extension Store {
    /// The values that are ratings, once something was imported.
    public func scale() throws(StoreError) -> ClosedRange<Float>? {
        try read { database in
            let values = try ["scale_least", "scale_most"].compactMap { name in
                try Double.fetchOne(database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
            }
            return values.count == 2 && values[0] <= values[1] ? Float(values[0])...Float(values[1]) : nil
        }
    }
}
