/// Which purposes the ratings of each user count for. Whoever reads ratings for one of them reads its view.
///
/// Decisions are only added; `withheld_users` is what follows from them and from the policy. In the views the first condition is
/// asked once a statement, so that they cost nothing while nobody is withheld.
enum ConsentTables {
    static let sql =
        """
        CREATE TABLE consent_decisions (
            decision INTEGER PRIMARY KEY AUTOINCREMENT,
            user INTEGER REFERENCES users,      -- NULL for the policy, which holds for all
            kind TEXT NOT NULL CHECK (kind IN ('consent', 'objection', 'restriction', 'policy')),
            purpose TEXT NOT NULL,              -- empty where it is of all
            is_granted INTEGER NOT NULL,        -- 1 where the data may be used
            source TEXT NOT NULL,
            time INTEGER NOT NULL               -- seconds since 1970
        ) STRICT;
        CREATE INDEX consent_decisions_by_user ON consent_decisions (user);
        CREATE TABLE withheld_users (
            purpose TEXT NOT NULL,
            user INTEGER NOT NULL REFERENCES users,
            PRIMARY KEY (purpose, user)
        ) STRICT, WITHOUT ROWID;

        """ + [Purpose.personalization, .analytics, .export].map(view).joined(separator: "\n")
        + AnalyticsView.redefinitions(of: AnalyticsView.all)

    private static func view(for purpose: Purpose) -> String {
        let withheld = "SELECT user FROM withheld_users WHERE purpose = '\(purpose.rawValue)'"
        return """
            CREATE VIEW ratings_for_\(purpose.rawValue) AS SELECT * FROM ratings
                WHERE NOT EXISTS (\(withheld)) OR user NOT IN (\(withheld));
            """
    }

    /// New users are withheld as they come in, whichever program adds them. It is there while the policy is to deny.
    static let denyingTrigger = """
        CREATE TRIGGER user_is_withheld AFTER INSERT ON users
            BEGIN
                INSERT OR IGNORE INTO withheld_users
                    VALUES \(Purpose.allCases.map { "('\($0.rawValue)', NEW.user)" }.joined(separator: ", "));
            END
        """

    static let relations =
        [
            SchemaGuide.Relation(
                name: "consent_decisions", meaning: "what users have decided on the use of their data",
                columns: [
                    "decision": "counts up", "user": "number of the user; null for the policy",
                    "kind": "consent, objection, restriction or policy", "purpose": "what for; empty for all purposes",
                    "is_granted": "1 where the data may be used", "source": "where the decision comes from",
                    "time": "when it was made, in seconds since 1970",
                ]),
            SchemaGuide.Relation(
                name: "withheld_users", meaning: "whose data a purpose may not use, by these decisions",
                columns: ["purpose": "what for", "user": "number of the user"]),
        ]
        + ["personalization", "analytics", "export"].map { purpose in
            SchemaGuide.Relation(
                name: "ratings_for_\(purpose)", meaning: "ratings of users who consent to \(purpose)",
                columns: SchemaGuide.ratingColumns)
        }
}
