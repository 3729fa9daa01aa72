import GRDB

/// Writes decisions within a transaction, and what follows from them.
struct ConsentWriter {
    private let database: Database
    private let policy: ConsentPolicy

    init(_ database: Database) throws {
        self.database = database
        policy = try Self.policy(database)
    }

    static func policy(_ database: Database) throws -> ConsentPolicy {
        let isGranted = try Bool.fetchOne(
            database,
            sql: "SELECT is_granted FROM consent_decisions WHERE user IS NULL ORDER BY decision DESC LIMIT 1")
        return isGranted == false ? .denied : .granted
    }

    static func decisions(of user: Int64, id: String, _ database: Database) throws -> [ConsentDecision] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT kind, purpose, is_granted, source, time FROM consent_decisions
                    WHERE user = ? ORDER BY decision
                    """), arguments: [user]
        ).compactMap { row in
            guard let kind = try ConsentDecision.Kind(kind: row[at: 0], purpose: row[at: 1]) else { return nil }
            return try ConsentDecision(
                user: id, kind: kind, isGranted: row[at: 2], source: row[at: 3], time: row[at: 4])
        }
    }

    func write(_ decision: ConsentDecision, of user: Int64) throws {
        let (kind, purpose) = decision.kind.columns
        try insert(user, kind, purpose, decision.isGranted, decision.source, decision.time)
    }

    private func insert(
        _ user: Int64?, _ kind: String, _ purpose: String, _ isGranted: Bool, _ source: String, _ time: Int64
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO consent_decisions (user, kind, purpose, is_granted, source, time)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [user, kind, purpose, isGranted, source, time])
    }

    /// Withholds a user from what they have decided against, and from nothing else.
    func follow(_ user: Int64, id: String) throws {
        let wanted = Set(ConsentState(try Self.decisions(of: user, id: id, database), policy).withheld)
        let before = Set(
            try String.fetchAll(
                database.cachedStatement(sql: "SELECT purpose FROM withheld_users WHERE user = ?"), arguments: [user]
            ).compactMap(Purpose.init))
        for purpose in Purpose.allCases where wanted.contains(purpose) != before.contains(purpose) {
            let sql =
                wanted.contains(purpose)
                ? "INSERT INTO withheld_users VALUES (?, ?)"
                : "DELETE FROM withheld_users WHERE purpose = ? AND user = ?"
            try database.cachedStatement(sql: sql).execute(arguments: [purpose.rawValue, user])
            try tell(purpose, user)
        }
    }

    /// Those who follow the ratings of a user read them anew, as after a change.
    private func tell(_ purpose: Purpose, _ user: Int64) throws {
        switch purpose {
        case .personalization:
            try database.cachedStatement(sql: "INSERT INTO changed_users (user) VALUES (?)").execute(arguments: [user])
        case .export: try sendOut(user)
        case .analytics, .streamLearning: break
        }
    }

    /// Each rating of the user goes into the outbox again, from which sinks see that it is there or gone. A user without ratings
    /// goes by a rating that is not there.
    private func sendOut(_ user: Int64) throws {
        guard try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM sinks)") == true else { return }
        try database.execute(literal: "DELETE FROM outbox WHERE user = \(user)")
        try database.execute(
            literal: """
                INSERT INTO outbox (user, item, written) SELECT user, item, unixepoch() FROM ratings WHERE user = \(user)
                """)
        guard database.changesCount == 0 else { return }
        try database.execute(
            literal: """
                INSERT INTO outbox (user, item, written)
                SELECT \(user), item, unixepoch() FROM items ORDER BY item LIMIT 1
                """)
    }

    /// Changes what holds for those who have not decided, now and as they come in.
    static func set(_ policy: ConsentPolicy, source: String, now: Int64, _ database: Database) throws {
        try ConsentWriter(database).insert(nil, "policy", "", policy == .granted, source, now)
        try database.execute(sql: "DROP TRIGGER IF EXISTS user_is_withheld")
        if policy == .denied { try database.execute(sql: ConsentTables.denyingTrigger) }
        let writer = try ConsentWriter(database)
        let users = try Row.fetchAll(database, sql: "SELECT user, id FROM users ORDER BY user")
        for row in users { try writer.follow(row[at: 0], id: row[at: 1]) }
    }
}
