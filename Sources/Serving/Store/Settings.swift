import GRDB
import Ratings

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
            try TableSeals.settings.require(database, of: self)
            let values = try ["scale_least", "scale_most"].compactMap { name in
                try Double.fetchOne(database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
            }
            guard values.count == 2 else { return nil }
            let ends = values.map(Float.init)
            guard ends.allSatisfy(RatingScale.widest.contains), ends[0] <= ends[1] else {
                throw StoreError.damaged(path: path, detail: "its rating scale is \(values[0]) to \(values[1])")
            }
            return ends[0]...ends[1]
        }
    }
}
