import GRDB

/// Pages by key: each is a short read of its own moment, however large the store is, and what changes between two pages is in
/// the outbox.
extension Store {
    /// Ratings that may leave the store, by the store's numbers of user and item.
    ///
    /// - Parameter place: where the page before ended; nil for the first.
    /// - Returns: at most `limit` of them, and where the next page begins; nil after the last.
    /// - Throws: `StoreError.inconsistent` for a rating that is not as it was written.
    public func ratingRecords(
        after place: RecordPlace?, limit: Int
    ) throws(StoreError) -> (records: [RatingRecord], next: RecordPlace?) {
        try read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT ratings.user, ratings.item, users.id, items.id, value, time, arrived, ratings.seal
                        FROM ratings_for_export AS ratings CROSS JOIN users ON users.user = ratings.user
                        CROSS JOIN items ON items.item = ratings.item
                        WHERE (ratings.user, ratings.item) > (?, ?) ORDER BY ratings.user, ratings.item LIMIT ?
                        """), arguments: [place?.user ?? 0, place?.item ?? 0, limit])
            let next = try rows.last.map { RecordPlace(user: try $0[at: 0], item: try $0[at: 1]) }
            return (try rows.map { try ratingRecord($0, from: 0) }, rows.count < limit ? nil : next)
        }
    }

    /// - Parameter first: the column of the user's number; item's number, ids, value, time, arrival and seal follow it.
    func ratingRecord(_ row: Row, from first: Int) throws -> RatingRecord {
        let (user, item): (String, String) = try (row[at: first + 2], row[at: first + 3])
        let (value, time): (Double, Int64?) = try (row[at: first + 4], row[at: first + 5])
        let seal: Int64? = try row[at: first + 7]
        let expected = RowSeal.rating(user: try row[at: first], item: try row[at: first + 1], value: value, time: time)
        guard seal == nil || seal == expected else { throw changed(1, "rating of item \(item) by user \(user)") }
        return RatingRecord(
            user: user, item: item, value: Float(value), time: time, arrived: try row[at: first + 6])
    }

    /// Users whose data may leave the store by its numbers, with how they rate and the community of the newest run.
    ///
    /// - Complexity: O(the users' ratings).
    public func userRecords(
        after place: RecordPlace?, limit: Int
    ) throws(StoreError) -> (records: [UserRecord], next: RecordPlace?) {
        try read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: Self.userSelection + " AND users.user > ? ORDER BY users.user LIMIT ?"),
                arguments: [place?.user ?? 0, limit])
            let next = try rows.last.map { RecordPlace(user: try $0[at: 0]) }
            return (try rows.map(Self.userRecord), rows.count < limit ? nil : next)
        }
    }

    /// Some users, by the order of their ids; those that are not known, or may not leave the store, are left out.
    public func userRecords(of ids: Set<String>) throws(StoreError) -> [UserRecord] {
        try read { database in
            let statement = try database.cachedStatement(sql: Self.userSelection + " AND users.id = ?")
            return try ids.sorted().compactMap { id in
                try Row.fetchOne(statement, arguments: [id]).map(Self.userRecord)
            }
        }
    }

    private static let userSelection = """
        SELECT users.user, users.id, community, (SELECT count(*) FROM ratings WHERE ratings.user = users.user),
            (SELECT avg(value) FROM ratings WHERE ratings.user = users.user)
        FROM users LEFT JOIN communities ON communities.user = users.user
            AND users.user NOT IN (SELECT user FROM withheld_users WHERE purpose = 'personalization')
        WHERE users.user NOT IN (SELECT user FROM withheld_users WHERE purpose = 'export')
        """

    private static func userRecord(_ row: Row) throws -> UserRecord {
        try UserRecord(id: row[at: 1], community: row[at: 2], ratings: row[at: 3], meanRating: row[at: 4])
    }

    /// Items by the store's numbers, with how they are rated by users whose data may leave the store.
    ///
    /// - Parameter ids: which; nil for all.
    /// - Complexity: O(ratings).
    public func itemRecords(of ids: Set<String>? = nil) throws(StoreError) -> [ItemRecord] {
        try read { database in
            try TableSeals.catalogs.require(database, of: self)
            let genres = try Self.genres(database)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT items.item, id, title, ifnull(found.ratings, 0), mean FROM items
                    LEFT JOIN (SELECT item, count(*) AS ratings, avg(value) AS mean FROM ratings_for_export GROUP BY item) AS found
                        ON found.item = items.item ORDER BY items.item
                    """)
            var records: [ItemRecord] = []
            while let row = try rows.next() {
                let (number, id): (Int64, String) = try (row[at: 0], row[at: 1])
                guard ids?.contains(id) ?? true else { continue }
                records.append(
                    try ItemRecord(
                        id: id, title: row[at: 2], genres: genres[number] ?? [], ratings: row[at: 3],
                        meanRating: row[at: 4]))
            }
            return records
        }
    }

    /// What a run recommends to users whose data may leave the store, by user, model and place.
    ///
    /// - Throws: `StoreError.inconsistent` where the store has another run by now, or a row is not as it was written.
    public func recommendationRecords(
        of run: StoredRun, after place: RecordPlace?, limit: Int
    ) throws(StoreError) -> (records: [RecommendationRecord], next: RecordPlace?) {
        try read { database in
            let genres = try Self.genres(database)
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT users.id, model, place, items.id, title, predicted_rating, score, found.seal, found.user,
                            found.item
                        FROM recommendations AS found CROSS JOIN users ON users.user = found.user
                        CROSS JOIN items ON items.item = found.item
                        WHERE (found.user, model, place) > (?, ?, ?) AND found.user NOT IN \(Self.withheldFromLists)
                        ORDER BY found.user, model, place LIMIT ?
                        """),
                arguments: [place?.user ?? 0, place?.model ?? "", place?.place ?? 0, limit])
            let next = try rows.last.map {
                RecordPlace(user: try $0[at: 8], model: try $0[at: 1], place: try $0[at: 2])
            }
            let records = try rows.map {
                RecommendationRecord(place: try recommendation($0, of: run), genres: genres[try $0[at: 9]] ?? [])
            }
            return (records, rows.count < limit ? nil : next)
        }
    }

    /// Names of genres by the store's number of the item.
    private static func genres(_ database: Database) throws -> [Int64: [String]] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT item, name FROM item_genres JOIN genres USING (genre) ORDER BY item, genre")
        var genres: [Int64: [String]] = [:]
        while let row = try rows.next() { genres[try row[at: 0], default: []].append(try row[at: 1]) }
        return genres
    }
}
