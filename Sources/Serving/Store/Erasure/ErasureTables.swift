/// Who was erased, without ids, and what refuses to come back.
enum ErasureTables {
    /// The id stands in `erasures` only until its erasure is complete. `erasure_state` has one row.
    static let sql = """
        CREATE TABLE erasures (
            token TEXT PRIMARY KEY,         -- random
            begun INTEGER NOT NULL,         -- seconds since 1970
            finished INTEGER,
            step TEXT NOT NULL,             -- the last one that is done
            id TEXT,                        -- of the user; NULL once nothing is left to look for
            items TEXT,                     -- JSON: what they rated, by which messages of topics are named; NULL likewise
            done TEXT NOT NULL              -- JSON: what the receipt tells
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE receipts (
            receipt INTEGER PRIMARY KEY,
            token TEXT NOT NULL UNIQUE,     -- of the erasure
            written INTEGER NOT NULL,       -- seconds since 1970
            document TEXT NOT NULL,         -- JSON
            chain BLOB NOT NULL             -- SHA-256 of the chain before, token, time and document
        ) STRICT;
        CREATE TABLE tombstones (
            hash BLOB PRIMARY KEY,          -- HMAC-SHA-256 of the id
            written INTEGER NOT NULL        -- seconds since 1970
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE erasure_state (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            tombstone_key BLOB NOT NULL,
            is_clean INTEGER NOT NULL       -- whether free space has held no content since the last vacuum
        ) STRICT;
        INSERT INTO erasure_state SELECT 1, randomblob(32), NOT EXISTS (SELECT 1 FROM users);
        """

    static let relations: [SchemaGuide.Relation] = [
        SchemaGuide.Relation(
            name: "erasures", meaning: "erasures of users, done and under way",
            columns: [
                "token": "random name of the erasure", "begun": SchemaGuide.seconds,
                "finished": "\(SchemaGuide.seconds); null until it is complete", "step": "the last step that is done",
                "id": "id of the user; null once erased", "items": "items of the user; null once erased",
                "done": "what was done, as JSON",
            ]),
        SchemaGuide.Relation(
            name: "receipts", meaning: "receipts of erasures, each chained to the one before",
            columns: [
                "receipt": "number of the receipt", "token": "name of the erasure", "written": SchemaGuide.seconds,
                "document": "what was done, as JSON", "chain": "SHA-256 over this and all receipts before",
            ]),
        SchemaGuide.Relation(
            name: "tombstones", meaning: "erased users, who do not come back by an import",
            columns: ["hash": "keyed hash of the id", "written": SchemaGuide.seconds]),
        SchemaGuide.Relation(
            name: "erasure_state", meaning: "what erasures need to know of the store",
            columns: [
                "one": "1", "tombstone_key": "key of the hashes of tombstones",
                "is_clean": "1 where free space holds no old content",
            ]),
    ]
}
