/// What left the store, and where to.
enum OutputTables {
    static let sql = """
        CREATE TABLE outputs (
            output INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,             -- such as graph, model, snapshot, export, index, topic
            place TEXT NOT NULL,            -- absolute path, or URL without credentials
            written INTEGER NOT NULL,       -- seconds since 1970
            sha256 TEXT,                    -- of a file, in hexadecimal
            rows INTEGER,
            run INTEGER,                    -- the run that it shows
            holds_people INTEGER NOT NULL   -- whether it holds anything of single users
        ) STRICT;
        CREATE UNIQUE INDEX outputs_by_place ON outputs (place);
        """

    static let relations = [
        SchemaGuide.Relation(
            name: "outputs", meaning: "what left the store, and where to",
            columns: [
                "output": "number of the output", "kind": "such as graph, model, export, index or topic",
                "place": "path or URL", "written": "when, in seconds since 1970",
                "sha256": "SHA-256 of a file, or null",
                "rows": "rows or messages, or null", "run": "run that it shows, or null",
                "holds_people": "1 where it holds anything of single users",
            ])
    ]
}
