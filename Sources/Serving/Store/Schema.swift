import GRDB

/// The tables of a store, version after version. A version that has been released is never changed. `SchemaGuide` says what
/// each column holds.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(firstMigration) { try $0.execute(sql: ratings) }
        migrator.registerMigration("2 imports") { try $0.execute(sql: imports) }
        migrator.registerMigration("3 runs") { try $0.execute(sql: runs) }
        migrator.registerMigration("4 search") { try $0.execute(sql: search) }
        migrator.registerMigration("5 views") {
            try $0.execute(sql: AnalyticsView.definitions(of: AnalyticsView.byEvent))
        }
        migrator.registerMigration("6 service") { try $0.execute(sql: service) }
        migrator.registerMigration("7 changes") { try $0.execute(sql: changes) }
        migrator.registerMigration("8 stages") { try $0.execute(sql: stages) }
        migrator.registerMigration("9 units of lists") { try $0.execute(sql: listUnits) }
        migrator.registerMigration("10 details") { try $0.execute(sql: details) }
        migrator.registerMigration("11 application id") { try mark($0) }
        migrator.registerMigration("12 seals") { database in
            try database.execute(sql: seals)
            try TableSeals.write(database)
        }
        migrator.registerMigration("13 streams") { try $0.execute(sql: streams) }
        migrator.registerMigration("14 stream errors") { try $0.execute(sql: streamErrors) }
        migrator.registerMigration("15 watched files") { try $0.execute(sql: watchedFiles) }
        migrator.registerMigration("16 views of arrival") {
            try $0.execute(sql: AnalyticsView.definitions(of: AnalyticsView.byArrival))
        }
        migrator.registerMigration("17 outbox") { try $0.execute(sql: outbox) }
        migrator.registerMigration("18 audit") { try $0.execute(sql: AuditTables.sql) }
        migrator.registerMigration("19 consent") { try $0.execute(sql: ConsentTables.sql) }
        migrator.registerMigration("20 outputs") { try $0.execute(sql: OutputTables.sql) }
        migrator.registerMigration("21 erasures") { try $0.execute(sql: ErasureTables.sql) }
        migrator.registerMigration("22 budget") { try $0.execute(sql: BudgetTables.sql) }
        migrator.registerMigration("23 catalogue") { try $0.execute(sql: CatalogueTables.sql) }
        return migrator
    }

    static let firstMigration = "1 ratings"

    /// Names the program in the header, by which a store is told from other programs' databases.
    static func mark(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(StoreFile.applicationID)")
    }

    /// Whether a table is one of a store, with those that SQLite keeps for it.
    static func holds(_ table: String) -> Bool {
        SchemaGuide.names.contains(table)
            || ["grdb_", "sqlite_", "item_words_", "item_trigrams_"].contains(where: table.hasPrefix)
    }

    /// External ids are `id`; `user` and `item` number them within the store.
    ///
    /// The triggers keep the history whoever writes: what is replaced or deleted, and what came too late to count, which then
    /// changes nothing. They run where a rating is there already, so that new ones cost nothing more. They look before they
    /// insert, for the conflict clause of the statement that sets them off would count instead of their own.
    private static let ratings = """
        CREATE TABLE users (
            user INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE user_attributes (
            user INTEGER NOT NULL REFERENCES users,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (user, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE items (
            item INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            title TEXT,
            popularity INTEGER NOT NULL DEFAULT 0   -- ratings at the last import
        ) STRICT;
        CREATE TABLE genres (
            genre INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE item_genres (
            item INTEGER NOT NULL REFERENCES items,
            genre INTEGER NOT NULL REFERENCES genres,
            PRIMARY KEY (item, genre)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ratings (
            user INTEGER NOT NULL REFERENCES users,
            item INTEGER NOT NULL REFERENCES items,
            value REAL NOT NULL,
            time INTEGER,               -- seconds since 1970
            PRIMARY KEY (user, item)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX ratings_by_time ON ratings (time);
        CREATE TABLE rating_history (
            user INTEGER NOT NULL REFERENCES users,
            item INTEGER NOT NULL REFERENCES items,
            value REAL NOT NULL,
            time INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX rating_history_once ON rating_history (user, item, value, IFNULL(time, -1));
        CREATE TRIGGER rating_is_the_same BEFORE UPDATE ON ratings
            WHEN NEW.value IS OLD.value AND NEW.time IS OLD.time
            BEGIN SELECT RAISE(IGNORE); END;
        CREATE TRIGGER rating_is_late BEFORE UPDATE ON ratings WHEN NEW.time < OLD.time
            BEGIN
                INSERT INTO rating_history SELECT NEW.user, NEW.item, NEW.value, NEW.time WHERE NOT EXISTS (
                    SELECT 1 FROM rating_history WHERE user = NEW.user AND item = NEW.item AND value = NEW.value
                        AND IFNULL(time, -1) = IFNULL(NEW.time, -1));
                SELECT RAISE(IGNORE);
            END;
        CREATE TRIGGER rating_is_replaced AFTER UPDATE ON ratings
            BEGIN
                INSERT INTO rating_history SELECT OLD.user, OLD.item, OLD.value, OLD.time WHERE NOT EXISTS (
                    SELECT 1 FROM rating_history WHERE user = OLD.user AND item = OLD.item AND value = OLD.value
                        AND IFNULL(time, -1) = IFNULL(OLD.time, -1));
            END;
        CREATE TRIGGER rating_is_deleted BEFORE DELETE ON ratings
            BEGIN
                INSERT INTO rating_history SELECT OLD.user, OLD.item, OLD.value, OLD.time WHERE NOT EXISTS (
                    SELECT 1 FROM rating_history WHERE user = OLD.user AND item = OLD.item AND value = OLD.value
                        AND IFNULL(time, -1) = IFNULL(OLD.time, -1));
            END;
        CREATE TABLE settings (
            name TEXT PRIMARY KEY,
            value ANY NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let imports = """
        CREATE TABLE imports (
            import INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            checksum TEXT NOT NULL UNIQUE,  -- SHA-256 of the ratings file
            started INTEGER NOT NULL,       -- seconds since 1970
            finished INTEGER,
            rows_read INTEGER NOT NULL,
            rows_done INTEGER NOT NULL,     -- of the rows that were taken, in batches
            kept INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            malformed INTEGER NOT NULL,
            out_of_scale INTEGER NOT NULL,
            impossible_times INTEGER NOT NULL,
            times_converted INTEGER NOT NULL,
            unknown_items INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE rejected_rows (
            import INTEGER NOT NULL REFERENCES imports,
            line INTEGER NOT NULL,
            reason TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (import, line)
        ) STRICT, WITHOUT ROWID;
        """

    /// A run is a refresh of what is computed; neighbors, communities and recommendations are those of the newest.
    private static let runs = """
        CREATE TABLE runs (
            run INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            started INTEGER NOT NULL,       -- seconds since 1970
            seconds REAL NOT NULL,
            ratings INTEGER NOT NULL,
            options TEXT NOT NULL,          -- JSON
            version TEXT NOT NULL
        ) STRICT;
        CREATE TABLE run_metrics (
            run INTEGER NOT NULL REFERENCES runs,
            model TEXT NOT NULL,            -- empty where it is none's
            metric TEXT NOT NULL,
            value REAL NOT NULL,
            PRIMARY KEY (run, model, metric)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run_files (
            name TEXT PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE TABLE neighbors (
            user INTEGER NOT NULL REFERENCES users,
            place INTEGER NOT NULL,         -- from 1, nearest first
            neighbor INTEGER NOT NULL REFERENCES users,
            similarity REAL NOT NULL,
            support INTEGER NOT NULL,
            PRIMARY KEY (user, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE communities (
            user INTEGER PRIMARY KEY REFERENCES users,
            community INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE recommendations (
            user INTEGER NOT NULL REFERENCES users,
            model TEXT NOT NULL,
            place INTEGER NOT NULL,         -- from 1, best first
            item INTEGER NOT NULL REFERENCES items,
            score REAL NOT NULL,
            PRIMARY KEY (user, model, place)
        ) STRICT, WITHOUT ROWID;
        """

    /// Titles and genres as words, without accents, and as trigrams, which words with a slip still share.
    static let search = """
        CREATE VIRTUAL TABLE item_words USING fts5(
            title, genres, content = '', tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3');
        CREATE VIRTUAL TABLE item_trigrams USING fts5(title, content = '', tokenize = "trigram", detail = none);
        """

    private static let service = """
        CREATE TABLE api_keys (
            hash BLOB PRIMARY KEY,          -- SHA-256 of the key
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL CHECK (role IN ('read', 'write', 'admin')),
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE idempotency_keys (
            key TEXT PRIMARY KEY,
            request BLOB NOT NULL,          -- SHA-256 of what was asked
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Whose ratings have changed since those that the newest run was computed of.
    private static let changes = """
        CREATE TABLE changed_users (
            change INTEGER PRIMARY KEY AUTOINCREMENT,
            user INTEGER NOT NULL REFERENCES users
        ) STRICT;
        """

    /// What the time of a run went into, and which run compared the models that it shows. Runs before this compared their own.
    private static let stages = """
        CREATE TABLE run_stages (
            run INTEGER NOT NULL REFERENCES runs,
            place INTEGER NOT NULL,         -- from 1
            stage TEXT NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (run, place)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE runs ADD COLUMN compared_run INTEGER REFERENCES runs;
        ALTER TABLE runs ADD COLUMN changed_ratings INTEGER NOT NULL DEFAULT 0;     -- since the comparison, at most
        UPDATE runs SET compared_run = run WHERE run IN (SELECT run FROM run_metrics WHERE model <> '');
        """

    /// Lists say what their numbers mean. What was kept before did not, and comes again with the next run.
    private static let listUnits = """
        DROP TABLE recommendations;
        CREATE TABLE recommendations (
            user INTEGER NOT NULL REFERENCES users,
            model TEXT NOT NULL,
            place INTEGER NOT NULL,         -- from 1, best first
            item INTEGER NOT NULL REFERENCES items,
            predicted_rating REAL,          -- in stars; NULL from models that predict no ratings
            score REAL,                     -- what the list is sorted by; NULL where that is the predicted rating
            PRIMARY KEY (user, model, place)
        ) STRICT, WITHOUT ROWID;
        """

    /// Checksums of what is read back: rows and files carry theirs, and `seals` has those of whole tables. A rating, user or item
    /// without one is from an earlier version, or was accepted as it is. A store that has had keys stays closed.
    private static let seals = """
        ALTER TABLE ratings ADD COLUMN seal INTEGER;
        ALTER TABLE users ADD COLUMN seal INTEGER;
        ALTER TABLE items ADD COLUMN seal INTEGER;
        ALTER TABLE recommendations ADD COLUMN seal INTEGER;
        ALTER TABLE run_files ADD COLUMN sha256 BLOB;
        ALTER TABLE runs ADD COLUMN token INTEGER NOT NULL DEFAULT 0;   -- random: another run of the number has another
        ALTER TABLE runs ADD COLUMN files BLOB;                         -- SHA-256 of the list of its files
        ALTER TABLE runs ADD COLUMN seal BLOB;
        CREATE TABLE seals (
            name TEXT PRIMARY KEY,
            sha256 BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        DROP TRIGGER rating_is_the_same;
        CREATE TRIGGER rating_is_the_same BEFORE UPDATE ON ratings
            WHEN NEW.value IS OLD.value AND NEW.time IS OLD.time AND NEW.seal IS OLD.seal
            BEGIN SELECT RAISE(IGNORE); END;
        DROP TRIGGER rating_is_replaced;
        CREATE TRIGGER rating_is_replaced AFTER UPDATE ON ratings
            WHEN NEW.value IS NOT OLD.value OR NEW.time IS NOT OLD.time
            BEGIN
                INSERT INTO rating_history SELECT OLD.user, OLD.item, OLD.value, OLD.time WHERE NOT EXISTS (
                    SELECT 1 FROM rating_history WHERE user = OLD.user AND item = OLD.item AND value = OLD.value
                        AND IFNULL(time, -1) = IFNULL(OLD.time, -1));
            END;
        CREATE TRIGGER key_closes_store AFTER INSERT ON api_keys
            BEGIN INSERT OR REPLACE INTO seals VALUES ('closed', zeroblob(0)); END;
        INSERT INTO seals SELECT 'closed', zeroblob(0) WHERE EXISTS (SELECT 1 FROM api_keys);
        DELETE FROM run_files;
        """

    /// How far streams were read, what of them was not taken, and when each rating came in: in a stream that is replayed years
    /// lie between its time and that. Ratings of earlier versions do not say.
    private static let streams = """
        ALTER TABLE ratings ADD COLUMN arrived INTEGER;     -- seconds since 1970
        CREATE INDEX ratings_by_arrival ON ratings (arrived, time);
        CREATE TABLE stream_offsets (
            consumer_group TEXT NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            next INTEGER NOT NULL,          -- offset of the next message to take
            PRIMARY KEY (consumer_group, topic, partition)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE rejected_messages (
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            reason TEXT NOT NULL,
            bytes BLOB NOT NULL,
            arrived INTEGER NOT NULL,       -- seconds since 1970
            is_sent INTEGER NOT NULL,       -- whether the topic of dead letters has it
            PRIMARY KEY (topic, partition, offset)
        ) STRICT, WITHOUT ROWID;
        """

    /// What sinks have not taken yet; `OutboxTriggers` write it.
    private static let outbox = """
        CREATE TABLE sinks (
            sink TEXT PRIMARY KEY,
            acknowledged INTEGER NOT NULL,      -- the newest entry of the outbox that it has
            run INTEGER NOT NULL,               -- whose results it has; 0 for none
            load INTEGER NOT NULL               -- random, another with each full load; 0 before the first has ended
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE outbox (
            entry INTEGER PRIMARY KEY AUTOINCREMENT,
            user INTEGER NOT NULL,              -- 0 where the title or genres of an item have changed
            item INTEGER NOT NULL,
            written INTEGER NOT NULL            -- seconds since 1970
        ) STRICT;
        CREATE UNIQUE INDEX outbox_by_place ON outbox (user, item);
        """

    /// Sums of the prequential error by minute of arrival.
    private static let streamErrors = """
        CREATE TABLE stream_errors (
            minute INTEGER NOT NULL,        -- its start, in seconds since 1970
            model TEXT NOT NULL,
            users TEXT NOT NULL CHECK (users IN ('all', 'new')),
            count INTEGER NOT NULL,
            squared_error REAL NOT NULL,
            absolute_error REAL NOT NULL,
            likes INTEGER NOT NULL,
            hits INTEGER NOT NULL,
            drifts INTEGER NOT NULL,
            PRIMARY KEY (minute, model, users)
        ) STRICT, WITHOUT ROWID;
        """

    /// What is known of the files of watched folders. An import whose changes were told one by one asks for no refresh.
    private static let watchedFiles = """
        CREATE TABLE watched_files (
            path TEXT PRIMARY KEY,
            inode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,      -- nanoseconds since 1970
            offset INTEGER NOT NULL,        -- bytes that are taken
            checksum TEXT NOT NULL,         -- SHA-256 of these bytes
            state TEXT NOT NULL CHECK (state IN ('taken', 'failed')),
            reason TEXT                     -- why it failed
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE imports ADD COLUMN is_told INTEGER NOT NULL DEFAULT 0;
        """

    /// Ratings by the ids and titles that people know.
    private static let details = """
        CREATE VIEW rating_details AS
            SELECT users.id AS user_id, items.id AS item_id, title, value AS rating, time AS timestamp
            FROM ratings JOIN users USING (user) JOIN items USING (item);
        """
}
