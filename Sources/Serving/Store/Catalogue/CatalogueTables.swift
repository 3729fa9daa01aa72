/// What the catalogue knows of imports and of the quality of data besides what other tables hold.
enum CatalogueTables {
    static let sql = """
        CREATE TABLE import_sources (
            import INTEGER PRIMARY KEY REFERENCES imports ON DELETE CASCADE,
            bytes INTEGER,                  -- of the files with ratings
            licence TEXT,
            citation TEXT
        ) STRICT;
        CREATE TABLE quality_checks (
            relation TEXT NOT NULL,
            field TEXT NOT NULL,            -- empty for the relation as a whole
            name TEXT NOT NULL,
            checked INTEGER NOT NULL,       -- seconds since 1970
            observed REAL NOT NULL,
            passed INTEGER NOT NULL,
            PRIMARY KEY (relation, field, name, checked)
        ) STRICT, WITHOUT ROWID;
        """

    static let relations = [
        SchemaGuide.Relation(
            name: "import_sources", meaning: "size and terms of imported files",
            columns: [
                "import": "number of the import", "bytes": "bytes of the files with ratings, or null",
                "licence": "terms of use, or null", "citation": "how to cite the data, or null",
            ]),
        SchemaGuide.Relation(
            name: "quality_checks", meaning: "results of quality checks, one row per change",
            columns: [
                "relation": "table that was checked", "field": "its column; empty for the whole table",
                "name": "such as completeness or range", "checked": "when, in seconds since 1970",
                "observed": "what was found, such as a share or a count", "passed": "1 where it is as it should be",
            ]),
    ]
}
