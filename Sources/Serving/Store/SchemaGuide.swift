public import FileOutput

/// What the tables and views of a store hold, for those who ask it in SQL. A test holds it against `Schema`.
public enum SchemaGuide {
    /// A table or a view; every text is short enough for a table on the terminal.
    package struct Relation: Sendable {
        package let name: String
        package let meaning: String
        /// What each column holds, in the order of the schema.
        package let columns: KeyValuePairs<String, String>
    }

    /// Tables and views by name, those that people ask most first.
    public static var names: [String] { relations.map(\.name) }

    /// Every table and view that a store has, each followed by its columns.
    ///
    /// - Throws: `StoreError` where there is no store.
    public static func table(ofStoreAt path: String) throws(StoreError) -> DataTable {
        let found = try ReadOnlyQuery(
            """
            SELECT list.name, list.type, info.name, info.type
            FROM pragma_table_list AS list, pragma_table_info(list.name) AS info
            WHERE list.schema = 'main' AND list.type IN ('table', 'view', 'virtual')
                AND list.name NOT LIKE 'sqlite_%' AND list.name NOT LIKE 'grdb_%'
            ORDER BY list.name, info.cid
            """
        ).run(onStoreAt: path).rows
        let rows = Dictionary(grouping: found) { $0[0].text }
        let unknown = rows.keys.filter { !names.contains($0) }.sorted().map {
            Relation(name: $0, meaning: "", columns: [:])
        }
        return DataTable(
            columns: ["table", "column", "type", "meaning"],
            rows: (relations + unknown).flatMap { relation -> [[DataTable.Value]] in
                guard let columns = rows[relation.name] else { return [] }
                let head: [DataTable.Value] = [columns[0][0], .null, columns[0][1], .text(relation.meaning)]
                return [head]
                    + columns.map { row in
                        let meaning = relation.columns.first { $0.key == row[2].text }?.value ?? ""
                        return [row[0], row[2], row[3], .text(meaning)]
                    }
            })
    }
}

extension DataTable.Value {
    fileprivate var text: String {
        guard case .text(let text) = self else { return "" }
        return text
    }
}

// MARK: The guide

extension SchemaGuide {
    private static let user = "number of the user within the store; users has the id"
    private static let item = "number of the item within the store; items has the id"
    static let seconds = "seconds since 1970"
    private static let seal = "checksum of the row; null for a row that is taken as it is"

    package static let relations: [Relation] =
        ratings + streams + sinks + service + AuditTables.relations + ConsentTables.relations + OutputTables.relations
        + ErasureTables.relations + BudgetTables.relations + CatalogueTables.relations + computed + views

    static let ratingColumns: KeyValuePairs = [
        "user": user, "item": item, "value": "the rating", "time": "\(seconds), or null", "seal": seal,
        "arrived": "when it came in, \(seconds); null from before 0.5",
    ]

    private static let ratings = [
        Relation(
            name: "rating_details", meaning: "each user's rating of each item, with ids and titles",
            columns: [
                "user_id": "id of the user, as in the source", "item_id": "id of the item, as in the source",
                "title": "title of the item; null where no catalog names it", "rating": "on the scale of the store",
                "timestamp": "\(seconds); null where the source has none",
            ]),
        Relation(
            name: "ratings", meaning: "each user's newest rating of each item",
            columns: ratingColumns),
        Relation(
            name: "rating_history", meaning: "ratings that were replaced, removed or came late",
            columns: ["user": user, "item": item, "value": "the rating", "time": "\(seconds), or null"]),
        Relation(
            name: "users", meaning: "everybody who has rated",
            columns: ["user": user, "id": "id as in the source", "seal": seal]),
        Relation(
            name: "user_attributes", meaning: "what the source's catalog says of users",
            columns: ["user": user, "name": "such as age", "value": "as text"]),
        Relation(
            name: "items", meaning: "everything that can be rated",
            columns: [
                "item": item, "id": "id as in the source", "title": "null where no catalog names it",
                "popularity": "number of ratings at the last import", "seal": seal,
            ]),
        Relation(
            name: "genres", meaning: "genres of items", columns: ["genre": "number of the genre", "name": "its name"]),
        Relation(
            name: "item_genres", meaning: "which items are of which genres",
            columns: ["item": item, "genre": "number of the genre"]),
        Relation(
            name: "item_words", meaning: "full-text index of titles and genres, by rowid = item",
            columns: ["title": "words of the title", "genres": "words of the genres"]),
        Relation(
            name: "item_trigrams", meaning: "index of titles by three letters, for misspelled words",
            columns: ["title": "trigrams of the title"]),
        Relation(
            name: "imports", meaning: "imports, and what became of their rows",
            columns: [
                "import": "number of the import", "source": "what was imported",
                "checksum": "SHA-256 of the ratings file", "started": seconds,
                "finished": "\(seconds); null until it is complete", "rows_read": "rows of the source",
                "rows_done": "accepted rows that are stored so far", "kept": "accepted rows",
                "duplicates": "rows of a user and item that have several", "malformed": "rejected rows",
                "out_of_scale": "rows with a rating off the scale", "impossible_times": "rows with an impossible time",
                "times_converted": "times in milliseconds, now in seconds",
                "unknown_items": "accepted rows of items that no catalog names",
                "is_told": "1 where live results followed each change",
            ]),
        Relation(
            name: "rejected_rows", meaning: "rows that an import did not accept",
            columns: [
                "import": "number of the import", "line": "line of the file, from 1", "reason": "why it was rejected",
                "text": "the line",
            ]),
        Relation(
            name: "settings", meaning: "settings of the store, such as its scale",
            columns: ["name": "name of the setting", "value": "its value"]),
        Relation(
            name: "seals", meaning: "checksums of tables that only imports write",
            columns: ["name": "what is covered; closed marks a store that has had keys", "sha256": "SHA-256"]),
    ]

    private static let streams = [
        Relation(
            name: "stream_offsets", meaning: "how far each group has read each topic",
            columns: [
                "consumer_group": "name of the group", "topic": "name of the topic", "partition": "its partition",
                "next": "offset of the next message to take",
            ]),
        Relation(
            name: "rejected_messages", meaning: "messages of streams that were not taken",
            columns: [
                "topic": "name of the topic", "partition": "its partition", "offset": "its offset",
                "reason": "why it was rejected", "bytes": "the message", "arrived": "when it came in, \(seconds)",
                "is_sent": "1 once the topic of dead letters has it",
            ]),
        Relation(
            name: "stream_errors", meaning: "errors of models on ratings as they came, by minute",
            columns: [
                "minute": "start of the minute, \(seconds)", "model": "name of the model",
                "users": "all, or new for users with few ratings before", "count": "number of predicted ratings",
                "squared_error": "sum of squared errors", "absolute_error": "sum of absolute errors",
                "likes": "likes that a list could have held", "hits": "likes that the list held",
                "drifts": "changes of the error that were found",
            ]),
        Relation(
            name: "watched_files", meaning: "files of watched folders that were read",
            columns: [
                "path": "path of the file", "inode": "its number within the file system", "size": "its bytes then",
                "modified": "when it was written, nanoseconds since 1970", "offset": "bytes that are taken",
                "checksum": "SHA-256 of these bytes", "state": "taken or failed", "reason": "why it failed, or null",
            ]),
    ]

    private static let sinks = [
        Relation(
            name: "sinks", meaning: "what is kept in step with the store, such as an index",
            columns: [
                "sink": "where to", "acknowledged": "newest entry of the outbox that it has",
                "run": "run whose results it has; 0 for none", "load": "random, another with each full load",
            ]),
        Relation(
            name: "outbox", meaning: "changes that sinks do not have yet",
            columns: [
                "entry": "counts up", "user": "number of the user; 0 for facts of an item", "item": item,
                "written": seconds,
            ]),
    ]

    private static let service = [
        Relation(
            name: "api_keys", meaning: "keys of the service",
            columns: [
                "hash": "SHA-256 of the key", "name": "whose it is", "role": "read, write, admin or auditor",
                "created": seconds,
            ]),
        Relation(
            name: "idempotency_keys", meaning: "requests that are not done twice",
            columns: [
                "key": "caller and Idempotency-Key", "request": "SHA-256 of the body", "created": seconds,
            ]),
        Relation(
            name: "changed_users", meaning: "users whose ratings have changed since the newest run",
            columns: ["change": "number of the change", "user": user]),
    ]

    private static let computed = [
        Relation(
            name: "runs", meaning: "refreshes of all that is computed",
            columns: [
                "run": "number of the run", "kind": "refresh", "started": seconds, "seconds": "how long it took",
                "ratings": "how many ratings it read", "options": "parameters, as JSON",
                "version": "version of kindred", "compared_run": "run that compared the models, or null",
                "changed_ratings": "ratings changed since that comparison, at most",
                "token": "random number of the run", "files": "SHA-256 of the list of its files",
                "seal": "SHA-256 of all that is told of the run",
            ]),
        Relation(
            name: "run_metrics", meaning: "figures of each run",
            columns: [
                "run": "number of the run", "model": "the model; empty for the data and the graph",
                "metric": "such as rmse or modularity", "value": "its value",
            ]),
        Relation(
            name: "run_stages", meaning: "what the time of each run went into",
            columns: [
                "run": "number of the run", "place": "order of the stages, from 1", "stage": "name of the stage",
                "seconds": "how long it took",
            ]),
        Relation(
            name: "run_files", meaning: "the newest snapshot as files",
            columns: [
                "name": "name of the file", "run": "number of the run", "bytes": "its content",
                "sha256": "SHA-256 of its content",
            ]),
        Relation(
            name: "neighbors", meaning: "nearest neighbors of each user in the newest run",
            columns: [
                "user": user, "place": "from 1, nearest first", "neighbor": "number of the similar user",
                "similarity": "by the measure of the graph", "support": "number of items that both rated",
            ]),
        Relation(
            name: "communities", meaning: "community of each user in the newest run",
            columns: ["user": user, "community": "number of the community, from 0"]),
        Relation(
            name: "recommendations", meaning: "lists of each user and model in the newest run",
            columns: [
                "user": user, "model": "the model that recommends", "place": "from 1, best first", "item": item,
                "predicted_rating": "in stars, null from models that predict no ratings",
                "score": "what the list is sorted by; null for a predicted rating", "seal": "checksum of the row",
            ]),
    ]

    // MARK: Views

    private static let views = AnalyticsView.all.map { view in
        let title = view.title.prefix { $0 != ":" }
        return Relation(name: view.name, meaning: title.prefix(1).lowercased() + title.dropFirst(), columns: columns)
    }

    /// The columns of the views, which mean the same in all of them.
    private static let columns: KeyValuePairs = [
        "id": "id of the user or item, as in the source", "title": "title of the item, or null", "value": "a rating",
        "genre": "name of the genre", "month": "such as 2026-01", "day": "such as 2026-01-31",
        "hour": "such as 2026-01-31 23:00", "minute": "such as 2026-01-31 23:59",
        "ratings": "number of ratings", "share": "share of all ratings, from 0 to 1", "average": "mean rating",
        "bayesian_average": "mean rating, drawn to the mean of all", "above_mean": "mean rating less the mean of all",
        "first_time": "time of the first rating, in \(seconds)", "last_time": "time of the last, in \(seconds)",
        "active_users": "number of users who have rated", "ratings_per_user": "ratings per active user",
    ]
}
