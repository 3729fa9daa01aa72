import GRDB
public import Privacy
import Ratings

extension ImportSource {
    /// The same with pseudonyms; the texts of rejected rows, which may have ids, are left out.
    public func pseudonymized(by pseudonymizer: Pseudonymizer) -> ImportSource {
        let renaming = UserRenaming(userIDs, pseudonymizer.pseudonym)
        let new = renaming.new
        var source = self
        source.entries = entries.map { entries in
            RatingEntries(
                users: entries.users.map { new[Int($0)] }, items: entries.items, values: entries.values,
                timestamps: entries.timestamps)
        }
        source.formerIDs = renaming.old.map { pseudonymizer.pseudonyms(of: userIDs[$0]).dropLast() }
        source.userIDs = renaming.users
        source.users = renaming.catalog(users)
        source.malformed = malformed.map { RejectedRating(line: $0.line, reason: $0.reason, text: "") }
        source.lines = { [lines] in try lines($0).map { ($0.number, "") } }
        return source
    }
}

extension StreamChange {
    /// The same of the pseudonym of its user.
    public func pseudonymized(by pseudonymizer: Pseudonymizer) -> StreamChange {
        switch self {
        case .rate(var event):
            event.user = pseudonymizer.pseudonym(of: event.user)
            return .rate(event)
        case .remove(let user, let item): return .remove(user: pseudonymizer.pseudonym(of: user), item: item)
        case .user(var facts):
            facts.id = pseudonymizer.pseudonym(of: facts.id)
            return .user(facts)
        case .item: return self
        }
    }
}

extension Store {
    private static let setting = "pseudonym_keys"

    /// Refuses ids that are no pseudonyms, whatever they come from.
    private static let trigger = """
        CREATE TRIGGER IF NOT EXISTS users_are_pseudonyms BEFORE INSERT ON users
            WHEN length(NEW.id) <> 32 OR NEW.id GLOB '*[^0-9a-f]*'
            BEGIN SELECT RAISE(ABORT, 'the store has pseudonyms, and this is another id'); END
        """

    /// The fingerprints of the keys of which the store's pseudonyms are made, in the order in which they are applied; none where
    /// its ids are those of the source.
    public func pseudonymKeys() throws(StoreError) -> [String] { try read(Self.pseudonymKeys) }

    static func pseudonymKeys(_ database: Database) throws -> [String] {
        let text = try String.fetchOne(
            database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [Self.setting])
        return text.map { $0.split(separator: ",").map(String.init) } ?? []
    }

    /// Makes a store that has no users yet one of pseudonyms.
    ///
    /// - Parameter fingerprints: of the keys that are going to be applied to ids; none for ids of the source.
    /// - Throws: `StoreError.refused` where it has users by other keys, or the ids of the source.
    public func require(pseudonymsBy fingerprints: [String]) throws(StoreError) {
        try write { database in
            let known = try Self.pseudonymKeys(database)
            if known == fingerprints { return }
            let isEmpty = try Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT 1 FROM users)") ?? false
            guard known.isEmpty, isEmpty else { throw StoreError.refused(Self.refusal(path, known, fingerprints)) }
            try Self.set(fingerprints, in: database)
            try database.execute(sql: Self.trigger)
        }
    }

    private static func refusal(_ path: String, _ known: [String], _ given: [String]) -> String {
        if known.isEmpty {
            return "\(path): the store has ids that are no pseudonyms. Import into a new file."
        }
        let keys = "of key \(known.joined(separator: ", then "))"
        return given.isEmpty
            ? "\(path): the store has pseudonyms \(keys). Import with this key, so that nobody is there twice."
            : "\(path): the store has pseudonyms \(keys), and the given key is \(given.joined(separator: ", then ")). "
                + "Name the keys of the store, in their order."
    }

    private static func set(_ fingerprints: [String], in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO settings VALUES (?, ?)",
            arguments: [Self.setting, fingerprints.joined(separator: ",")])
        try TableSeals.settings.write(database)
    }

    /// Gives every user another pseudonym, made of the one they have.
    ///
    /// What is computed is dropped, as it speaks of the old ones, and sinks have to be loaded anew.
    ///
    /// - Parameters:
    ///   - old: the keys of the store, in their order.
    ///   - new: the key that is applied from now on.
    ///   - actor: who does it, for the audit.
    /// - Returns: how many users there are.
    /// - Throws: `StoreError.refused` where these are not the keys of the store, or a service writes it.
    /// - Complexity: O(users).
    public func rotate(from old: [Pseudonymizer.Key], to new: Pseudonymizer.Key, by actor: String) throws(StoreError)
        -> Int
    {
        guard let claim = try claim() else { throw .refused("\(path): a service writes the store. Stop it first.") }
        defer { withExtendedLifetime(claim) {} }
        let known = old.map(\.fingerprint)
        let pseudonymizer = Pseudonymizer([new])
        let count = try write { database in
            let keys = try Self.pseudonymKeys(database)
            guard keys == known, !keys.isEmpty else { throw StoreError.refused(Self.refusal(path, keys, known)) }
            guard !keys.contains(new.fingerprint) else {
                throw StoreError.refused("\(path): the store has been under the new key already. Make another.")
            }
            let count = try Self.rename(database, pseudonymizer.pseudonym)
            try Self.set(known + [new.fingerprint], in: database)
            try Self.forgetComputed(database)
            try database.execute(sql: "DELETE FROM sinks")
            try Self.trimOutbox(database)
            try OutboxTriggers.follow(database)
            return count
        }
        try audit("pseudonyms.rotate", by: actor, detail: new.fingerprint)
        return count
    }

    private static func rename(_ database: Database, _ name: (String) -> String) throws -> Int {
        let users = try Row.fetchAll(database, sql: "SELECT user, id FROM users ORDER BY user")
        let update = try database.makeStatement(sql: "UPDATE users SET id = ?, seal = ? WHERE user = ?")
        for row in users {
            let (user, id): (Int64, String) = try (row[at: 0], name(row[at: 1]))
            try update.execute(arguments: [id, RowSeal.id(user, id), user])
        }
        return users.count
    }

    /// As if a version before had computed it: it comes again with the next refresh.
    private static func forgetComputed(_ database: Database) throws {
        for table in ["neighbors", "communities", "recommendations", "run_files"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        try database.execute(
            sql: "UPDATE runs SET token = 0, files = NULL, seal = NULL WHERE run = (SELECT max(run) FROM runs)")
    }
}
