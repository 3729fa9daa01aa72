import GRDB

extension Store {
    /// Stores decisions, all or none of them; from then on the views of ratings follow them.
    ///
    /// Users who are not known yet are from then on: consent may come before the first rating.
    ///
    /// - Parameter actor: who enters them, for the audit.
    public func decide(_ decisions: [ConsentDecision], by actor: String) throws(StoreError) {
        try write { database in
            let users = try IDWriter(database, "user", "users")
            let writer = try ConsentWriter(database)
            var changed: [Int64: String] = [:]
            for decision in decisions {
                let user = try users.number(of: decision.user)
                try writer.write(decision, of: user)
                changed[user] = decision.user
            }
            for (user, id) in changed.sorted(by: { $0.key < $1.key }) { try writer.follow(user, id: id) }
        }
        if decisions.count == 1, let decision = decisions.first {
            let (action, purpose) = decision.auditWords
            try audit(action, by: actor, about: decision.user, detail: purpose)
        } else {
            try audit("consent.import", by: actor, detail: "\(decisions.count) decisions")
        }
    }

    /// How the data of a user may be used; nil for a user who is not known.
    public func consent(of id: String) throws(StoreError) -> ConsentState? {
        try read { database in
            guard let user = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [id])
            else { return nil }
            return ConsentState(
                try ConsentWriter.decisions(of: user, id: id, database), try ConsentWriter.policy(database))
        }
    }

    /// What holds for users who have not decided.
    public func consentPolicy() throws(StoreError) -> ConsentPolicy { try read(ConsentWriter.policy) }

    /// Changes what holds for users who have not decided.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Complexity: O(users), and the ratings of users whose data counts for other purposes now.
    public func set(_ policy: ConsentPolicy, source: String, by actor: String, now: Int64) throws(StoreError) {
        try write { database in
            guard try ConsentWriter.policy(database) != policy else { return }
            try ConsentWriter.set(policy, source: source, now: now, database)
        }
        try audit("consent.policy", by: actor, detail: policy.rawValue)
    }

    /// How many users are withheld from each purpose.
    public func withheldCounts() throws(StoreError) -> [Purpose: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT purpose, count(*) FROM withheld_users GROUP BY purpose")
            return Dictionary(
                uniqueKeysWithValues: try rows.compactMap { row in
                    try Purpose(rawValue: row[at: 0]).map { ($0, try row[at: 1]) }
                })
        }
    }

    /// The number of the newest decision; each later one has a larger one.
    public func newestDecision() throws(StoreError) -> Int64 { try read(Self.newestDecision) }

    /// 0 before the first, and in a store of an earlier version.
    static func newestDecision(_ database: Database) throws -> Int64 {
        guard try database.tableExists("consent_decisions") else { return 0 }
        return try Int64.fetchOne(database, sql: "SELECT max(decision) FROM consent_decisions") ?? 0
    }

    /// Whose data may not be used, with the number of the newest decision.
    public func withheldUsers() throws(StoreError) -> WithheldUsers {
        try read { database in
            let decision = try Self.newestDecision(database)
            guard decision > 0 else { return WithheldUsers() }
            return WithheldUsers(
                decision: decision, policy: try ConsentWriter.policy(database),
                ids: try Self.idsAgainstPolicy(database))
        }
    }

    /// Of each purpose the users who are withheld or, where the policy is to deny, those who are not.
    private static func idsAgainstPolicy(_ database: Database) throws -> [Purpose: [String]] {
        let isDenied = try ConsentWriter.policy(database) == .denied
        return Dictionary(
            uniqueKeysWithValues: try Purpose.allCases.map { purpose in
                let ids = try String.fetchAll(
                    database,
                    sql: """
                        SELECT id FROM users
                        WHERE user \(isDenied ? "NOT IN" : "IN") (SELECT user FROM withheld_users WHERE purpose = ?)
                        """, arguments: [purpose.rawValue])
                return (purpose, ids)
            })
    }

    /// The table or view of the ratings that count for some purposes. Without a withheld user it is the table itself; an earlier
    /// version of the store has no other.
    static func ratings(for purposes: [Purpose], _ database: Database) throws -> String {
        guard try database.tableExists("withheld_users"),
            try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM withheld_users)") == true
        else { return "ratings" }
        let withheld = purposes.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            (SELECT * FROM ratings
                WHERE user NOT IN (SELECT user FROM withheld_users WHERE purpose IN (\(withheld)))) AS ratings
            """
    }
}

extension ConsentDecision {
    /// The action as the audit names it, and the purpose.
    fileprivate var auditWords: (action: String, purpose: String) {
        switch kind {
        case .consent(let purpose): (isGranted ? "consent.grant" : "consent.withdraw", purpose.rawValue)
        case .objection(let purpose): (isGranted ? "privacy.object.lift" : "privacy.object", purpose.rawValue)
        case .restriction: (isGranted ? "privacy.restrict.lift" : "privacy.restrict", "")
        }
    }
}
