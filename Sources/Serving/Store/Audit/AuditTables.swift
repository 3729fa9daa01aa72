/// Who did what when to whose data.
enum AuditTables {
    /// Entries are only added. The triggers keep accidents away; forgers are found by the chain. Entries up to the mark `start` may
    /// go: their time is over, and the chain begins behind them.
    ///
    /// The keys come anew because another role has come.
    static let sql = """
        CREATE TABLE audit (
            entry INTEGER PRIMARY KEY,      -- from 1, without gaps
            time INTEGER NOT NULL,          -- seconds since 1970
            actor TEXT NOT NULL,            -- name of a key, or "command line"
            action TEXT NOT NULL,
            subject TEXT,                   -- keyed hash of the id of a user, in hexadecimal
            detail TEXT NOT NULL,
            chain BLOB NOT NULL             -- keyed hash of the chain of the entry before, and of this one
        ) STRICT;
        CREATE INDEX audit_by_subject ON audit (subject) WHERE subject IS NOT NULL;
        CREATE TABLE audit_marks (
            mark TEXT PRIMARY KEY CHECK (mark IN ('start', 'head')),
            entry INTEGER NOT NULL,
            chain BLOB NOT NULL,            -- of this entry
            seal BLOB NOT NULL              -- keyed hash of the mark
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER audit_entry_is_next BEFORE INSERT ON audit
            WHEN NEW.entry <= (SELECT max(entry) FROM audit)
            BEGIN SELECT RAISE(ABORT, 'an audit is only added to'); END;
        CREATE TRIGGER audit_entry_stays_as_it_is BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'an audit is only added to'); END;
        CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit
            WHEN OLD.entry > IFNULL((SELECT entry FROM audit_marks WHERE mark = 'start'), 0)
            BEGIN SELECT RAISE(ABORT, 'an audit is only added to'); END;
        CREATE TABLE new_api_keys (
            hash BLOB PRIMARY KEY,          -- SHA-256 of the key
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL CHECK (role IN ('read', 'write', 'admin', 'auditor')),
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO new_api_keys SELECT hash, name, role, created FROM api_keys;
        DROP TABLE api_keys;
        ALTER TABLE new_api_keys RENAME TO api_keys;
        CREATE TRIGGER key_closes_store AFTER INSERT ON api_keys
            BEGIN INSERT OR REPLACE INTO seals VALUES ('closed', zeroblob(0)); END;
        """

    static let relations = [
        SchemaGuide.Relation(
            name: "audit", meaning: "who did what when to whose data; kindred audit shows it",
            columns: [
                "entry": "number of the entry, from 1", "time": "seconds since 1970",
                "actor": "name of a key, or command line", "action": "such as privacy.erase or keys.add",
                "subject": "keyed hash of the id of a user, or null", "detail": "what else belongs to it; no id",
                "chain": "keyed hash of this entry and all before it",
            ]),
        SchemaGuide.Relation(
            name: "audit_marks", meaning: "where the audit begins and ends",
            columns: [
                "mark": "start or head", "entry": "number of an entry; start is the last that is gone",
                "chain": "chain of that entry", "seal": "keyed hash of the mark",
            ]),
    ]
}
