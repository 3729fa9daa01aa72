import GRDB

/// The prequential error of a model within a minute, as sums: those of several minutes add up before a mean is taken.
public struct StreamError: Sendable, Equatable {
    /// The start of the minute, in seconds since 1970.
    public let minute: Int64
    /// The name of the model.
    public let model: String
    /// Whose ratings: `all`, or `new` for those of users with few ratings before.
    public let users: String
    /// The number of predicted ratings.
    public var count = 0
    /// Σ (r − r̂)².
    public var squaredError = 0.0
    /// Σ |r − r̂|.
    public var absoluteError = 0.0
    /// The number of likes that a list could have held.
    public var likes = 0
    /// The number of these that the list held.
    public var hits = 0
    /// The number of changes of the error that were found, the marks of a picture.
    public var drifts = 0

    /// Sums over nothing.
    ///
    /// - Parameter time: any of the minute, in seconds since 1970.
    public init(time: Int64, model: String, users: String) {
        minute = time - (time % 60 + 60) % 60
        self.model = model
        self.users = users
    }
}

extension Store {
    /// Adds sums to those of their minute, model and users.
    public func add(streamErrors errors: [StreamError]) throws(StoreError) {
        guard !errors.isEmpty else { return }
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO stream_errors VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (minute, model, users) DO UPDATE SET
                        count = count + excluded.count, squared_error = squared_error + excluded.squared_error,
                        absolute_error = absolute_error + excluded.absolute_error, likes = likes + excluded.likes,
                        hits = hits + excluded.hits, drifts = drifts + excluded.drifts
                    """)
            for error in errors {
                try statement.execute(
                    arguments: [
                        error.minute, error.model, error.users, error.count, error.squaredError, error.absoluteError,
                        error.likes, error.hits, error.drifts,
                    ])
            }
        }
    }

    /// The sums of minutes that start within a range of seconds since 1970, by minute, model and users.
    public func streamErrors(in range: Range<Int64>) throws(StoreError) -> [StreamError] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT minute, model, users, count, squared_error, absolute_error, likes, hits, drifts
                    FROM stream_errors WHERE minute >= ? AND minute < ? ORDER BY minute, model, users
                    """, arguments: [range.lowerBound, range.upperBound])
            return try rows.map { row in
                var error = try StreamError(time: row[at: 0], model: row[at: 1], users: row[at: 2])
                (error.count, error.squaredError) = try (row[at: 3], row[at: 4])
                (error.absoluteError, error.likes) = try (row[at: 5], row[at: 6])
                (error.hits, error.drifts) = try (row[at: 7], row[at: 8])
                return error
            }
        }
    }
}
