package import GRDB

/// The size and terms of a file that was imported.
public struct SourceTerms: Sendable, Equatable {
    public var bytes: Int?
    public var licence: String?
    public var citation: String?

    public init(bytes: Int? = nil, licence: String? = nil, citation: String? = nil) {
        self.bytes = bytes
        self.licence = licence
        self.citation = citation
    }
}

/// The result of a quality check.
public struct QualityResult: Sendable, Equatable {
    /// The table that was checked.
    public var relation: String
    /// Its column; empty for the table as a whole.
    public var field: String
    /// Such as completeness or range.
    public var name: String
    /// Seconds since 1970.
    public var checked: Int64
    public var observed: Double
    public var hasPassed: Bool

    public init(relation: String, field: String, name: String, checked: Int64, observed: Double, hasPassed: Bool) {
        self.relation = relation
        self.field = field
        self.name = name
        self.checked = checked
        self.observed = observed
        self.hasPassed = hasPassed
    }
}

extension Store {
    /// Saves the size and terms of an imported file; nil keeps what is known.
    ///
    /// - Parameter checksum: that of the import. Nothing happens where no import has it.
    public func save(_ terms: SourceTerms, ofImport checksum: String) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO import_sources SELECT import, ?, ?, ? FROM imports WHERE checksum = ?
                    ON CONFLICT (import) DO UPDATE SET bytes = ifnull(excluded.bytes, bytes),
                        licence = ifnull(excluded.licence, licence), citation = ifnull(excluded.citation, citation)
                    """, arguments: [terms.bytes, terms.licence, terms.citation, checksum])
        }
    }

    /// Adds results of quality checks to their history. A result like the one before adds nothing: the history has its changes.
    public func save(_ results: [QualityResult]) throws(StoreError) {
        try write { database in
            for result in results {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO quality_checks SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (
                            SELECT 1 FROM (
                                SELECT observed, passed FROM quality_checks
                                WHERE relation = ?1 AND field = ?2 AND name = ?3 ORDER BY checked DESC LIMIT 1)
                            WHERE observed = ?5 AND passed = ?6)
                        """,
                    arguments: [
                        result.relation, result.field, result.name, result.checked, result.observed,
                        result.hasPassed,
                    ])
            }
        }
    }

    /// The history of all quality checks, oldest first within each.
    public func qualityHistory() throws(StoreError) -> [QualityResult] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT relation, field, name, checked, observed, passed FROM quality_checks
                    ORDER BY relation, field, name, checked
                    """
            ).map { row in
                try QualityResult(
                    relation: row[at: 0], field: row[at: 1], name: row[at: 2], checked: row[at: 3],
                    observed: row[at: 4], hasPassed: row[at: 5])
            }
        }
    }

    /// Reads for the catalogue, within the state of one moment.
    package func inspect<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try read(body)
    }
}
