import GRDB
public import Store

extension Catalog {
    /// Reads all of it from a store.
    ///
    /// - Parameters:
    ///   - version: that of the program.
    ///   - results: the newest of the quality checks.
    ///   - history: theirs, from `qualityHistory()`.
    /// - Complexity: as its profiles: O(columns · rows · log rows) for each table.
    public init(
        of store: Store, version: String, checks results: [QualityResult], history: [QualityResult]
    ) throws(StoreError) {
        let name = store.path.split(separator: "/").last.map(String.init) ?? store.path
        let reads = try Self.columnsOfViews()
        let models = try ModelCard.ofNewestRun(store)
        let (sources, relations, outputs, runs, topics) = try store.inspect { database in
            (
                try Self.sources(database), try Self.relations(database, reads), try Self.outputs(database),
                try Self.runs(database),
                try String.fetchAll(database, sql: "SELECT DISTINCT topic FROM stream_offsets ORDER BY topic")
            )
        }
        self.store = name
        self.version = version
        self.sources = sources
        self.relations = relations
        self.outputs = outputs
        self.models = models + ModelCard.ofFolders(outputs, importsBefore: { Lineage.imports(sources, before: $0) })
        checks = results.map { result in
            Check(
                result,
                history.filter { ($0.relation, $0.field, $0.name) == (result.relation, result.field, result.name) })
        }
        lineage = Lineage(of: sources, runs: runs, topics: topics, outputs: outputs)
        modified = (sources.map { $0.finished ?? $0.started } + runs.map(\.started) + outputs.map(\.written)).max() ?? 0
    }

    private static func columnsOfViews() throws(StoreError) -> [String: [String]] {
        var columns: [String: [String]] = [:]
        for view in AnalyticsView.all.map(\.name) + ["rating_details"] {
            columns[view] = try ViewLineage.read(byView: view).map(\.description)
        }
        return columns
    }

    private static func sources(_ database: Database) throws -> [Source] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT import, source, checksum, started, finished, rows_read, kept, duplicates, malformed, out_of_scale,
                    impossible_times, bytes, licence, citation
                FROM imports LEFT JOIN import_sources USING (import) ORDER BY import
                """
        ).map { row in
            try Source(
                number: row.decode(atIndex: 0), name: row.decode(atIndex: 1), checksum: row.decode(atIndex: 2),
                bytes: row.decode(atIndex: 11), licence: row.decode(atIndex: 12), citation: row.decode(atIndex: 13),
                started: row.decode(atIndex: 3), finished: row.decode(atIndex: 4), rowsRead: row.decode(atIndex: 5),
                kept: row.decode(atIndex: 6), duplicates: row.decode(atIndex: 7), malformed: row.decode(atIndex: 8),
                outOfScale: row.decode(atIndex: 9), impossibleTimes: row.decode(atIndex: 10))
        }
    }

    private static func outputs(_ database: Database) throws -> [Product] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT kind, place, written, sha256, rows, run, holds_people FROM outputs
                UNION ALL
                SELECT 'index', sink, 0, NULL, NULL, nullif(run, 0), 1 FROM sinks
                WHERE sink NOT IN (SELECT place FROM outputs)
                ORDER BY 3, 2
                """
        ).map { row in
            try Product(
                kind: row.decode(atIndex: 0), place: row.decode(atIndex: 1), written: row.decode(atIndex: 2),
                sha256: row.decode(atIndex: 3), rows: row.decode(atIndex: 4), run: row.decode(atIndex: 5),
                holdsPeople: row.decode(atIndex: 6))
        }
    }

    private static func runs(_ database: Database) throws -> [Lineage.Run] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT runs.run, started, version, ratings, value, ifnull(options ->> '$.models', '') FROM runs
                LEFT JOIN run_metrics ON run_metrics.run = runs.run AND model = '' AND metric = 'imports'
                ORDER BY runs.run
                """
        ).map { row in
            let imports: Double? = try row.decode(atIndex: 4)
            let models: String = try row.decode(atIndex: 5)
            return try Lineage.Run(
                number: row.decode(atIndex: 0), started: row.decode(atIndex: 1), version: row.decode(atIndex: 2),
                ratings: row.decode(atIndex: 3), imports: imports.flatMap { Int(exactly: $0) },
                models: models.split(separator: ",").map(String.init))
        }
    }
}

// MARK: Tables and views

extension Catalog {
    private static func relations(_ database: Database, _ reads: [String: [String]]) throws -> [Relation] {
        let kinds = Dictionary(
            try Row.fetchAll(
                database,
                sql:
                    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual')"
            ).map { try ($0.decode(String.self, atIndex: 0), $0.decode(String.self, atIndex: 1)) }
        ) { first, _ in first }
        return try SchemaGuide.relations.compactMap { guide in
            guard let kind = kinds[guide.name] else { return nil }
            let columns = try variables(of: guide, kind, database)
            let profile = kind == "table" ? try Profile(of: guide.name, columns, in: database) : nil
            let variables = profile?.variables ?? columns
            let shown = Set(variables.flatMap(\.sources))
            return Relation(
                name: guide.name, kind: kind, definition: guide.meaning, owner: owner,
                retention: retention(of: guide.name), isPersonal: variables.contains(where: \.isPersonal),
                rows: profile?.rows, variables: variables,
                alsoReads: (reads[guide.name] ?? []).filter { !shown.contains($0) })
        }
    }

    private static func variables(
        of guide: SchemaGuide.Relation, _ kind: String, _ database: Database
    ) throws -> [Variable] {
        try Row.fetchAll(
            database, sql: "SELECT name, type FROM pragma_table_info(?) ORDER BY cid", arguments: [guide.name]
        ).map { row in
            let (name, type): (String, String) = try (row.decode(atIndex: 0), row.decode(atIndex: 1))
            let definition = guide.columns.first { $0.key == name }?.value ?? ""
            var variable = Variable(
                name: name, type: type.isEmpty ? computedType(name) : type,
                unit: unit(ofColumn: name, definition: definition), definition: definition,
                isPersonal: personal(table: guide.name, column: name))
            if kind == "view" {
                variable.sources = (ViewLineage.sources(ofColumn: name, ofView: guide.name) ?? []).map(\.description)
            }
            return variable
        }
    }

    /// The type of a view's column that SQLite does not name: those that are counted, averaged or put together.
    private static func computedType(_ column: String) -> String {
        switch column {
        case "ratings", "active_users", "first_time", "last_time": "INTEGER"
        case "minute", "hour", "day", "month", "id", "title", "genre": "TEXT"
        default: "REAL"
        }
    }
}

extension Catalog.Check {
    /// - Parameter history: that of the same check.
    init(_ result: QualityResult, _ history: [QualityResult]) {
        (relation, field, name) = (result.relation, result.field, result.name)
        (observed, hasPassed) = (result.observed, result.hasPassed)
        rule =
            name == QualityRule.volume
            ? QualityRule.volumeRule
            : QualityRule.all(now: 0).first {
                ($0.relation, $0.field, $0.name) == (result.relation, result.field, result.name)
            }?.rule ?? ""
        self.history = history.map {
            Moment(checked: $0.checked, observed: $0.observed, hasPassed: $0.hasPassed)
        }
    }
}
