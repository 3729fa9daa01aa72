public import Foundation
import GRDB

/// A change of ratings that somebody asks for: done whole, or not at all.
public struct RatingSubmission: Sendable {
    public enum Change: Sendable {
        /// Each replaces the one before of the same user and item, whatever their times. Users that are not known yet are from then on.
        case rate([RatingEvent])
        case remove(user: String, item: String)
    }

    /// What comes of it.
    public enum Outcome: Sendable, Equatable {
        case done
        /// The same was asked for before under the same key, and done then.
        case repeated
        /// Something else was asked for before under the same key; nothing was done.
        case keyInUse
        /// Items that the store does not know; nothing was done.
        case unknownItems([String])
        /// There is no such rating to remove.
        case noRating
        /// One of the users was erased and does not come back; nothing was done.
        case erased
    }

    public let change: Change
    /// What the asker calls it, so that asking again does nothing.
    public let key: String?
    /// SHA-256 of what was asked.
    public let digest: Data

    public init(_ change: Change, key: String? = nil, digest: Data = Data()) {
        self.change = change
        self.key = key
        self.digest = digest
    }
}

extension Store {
    /// Does several submissions in one commit, which is on the disk when this returns: many that ask at once wait for the
    /// disk together.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: the outcome of each, in their order.
    /// - Throws: `StoreError` where none was done.
    public func apply(_ submissions: [RatingSubmission], now: Int64) async throws(StoreError) -> [RatingSubmission
        .Outcome]
    {
        try place?.require()
        let outcomes: [RatingSubmission.Outcome]
        do {
            outcomes = try await database.write { [followers] database in
                let writer = try SubmissionWriter(database, now: now)
                let outcomes = try submissions.map(writer.apply)
                followers.tell(writer.applied, after: database)
                return outcomes
            }
        } catch {
            throw StoreError(anything: error, path: path)
        }
        try place?.require()
        return outcomes
    }
}

/// Applies submissions within a transaction.
private final class SubmissionWriter {
    private let database: Database
    private let now: Int64
    private let users: IDWriter
    private let findItem: Statement
    private let insertChange: Statement
    private let keepInHistory: Statement
    private let removeLater: Statement
    private let tombstones: Tombstones
    private(set) var applied = AppliedChanges()

    init(_ database: Database, now: Int64) throws {
        self.database = database
        self.now = now
        users = try IDWriter(database, "user", "users")
        findItem = try database.cachedStatement(sql: "SELECT item FROM items WHERE id = ?")
        insertChange = try database.cachedStatement(sql: "INSERT INTO changed_users (user) VALUES (?)")
        tombstones = try Tombstones(database)
        keepInHistory = try database.cachedStatement(sql: "INSERT OR IGNORE INTO rating_history VALUES (?, ?, ?, ?)")
        removeLater = try database.cachedStatement(
            sql: "DELETE FROM ratings WHERE user = ? AND item = ? AND time > ?")
    }

    func apply(_ submission: RatingSubmission) throws -> RatingSubmission.Outcome {
        if let key = submission.key, let known = try knownDigest(key) {
            return known == submission.digest ? .repeated : .keyInUse
        }
        let outcome =
            switch submission.change {
            case .rate(let events): try rate(events)
            case .remove(let user, let item): try remove(user, item)
            }
        if let key = submission.key, outcome == .done {
            try database.execute(
                sql: "INSERT INTO idempotency_keys VALUES (?, ?, ?)", arguments: [key, submission.digest, now])
        }
        return outcome
    }

    private func knownDigest(_ key: String) throws -> Data? {
        try Data.fetchOne(
            database.cachedStatement(sql: "SELECT request FROM idempotency_keys WHERE key = ?"), arguments: [key])
    }

    private func rate(_ events: [RatingEvent]) throws -> RatingSubmission.Outcome {
        let items = try events.map { try Int64.fetchOne(findItem, arguments: [$0.item]) }
        let unknown = zip(events, items).filter { $0.1 == nil }.map(\.0.item)
        guard unknown.isEmpty else { return .unknownItems(unknown) }
        if try events.contains(where: { try tombstones.hold($0.user) }) { return .erased }
        let rows = try zip(events, items.compactMap { $0 }).map { event, item in
            RatingInsert.Row(
                user: try users.number(of: event.user), item: item, value: event.value, time: event.time)
        }
        try RatingInsert.insert(try inOrderOfArrival(rows), arrived: now, into: database)
        for user in Set(rows.map(\.user)).sorted() { try addChange(user) }
        // The last of several of one place counts, as those who follow it one by one find.
        applied.changes += events.map { .init(user: $0.user, item: $0.item, value: $0.value, time: $0.time) }
        return .done
    }

    /// The rows that count: the last of each user and item, also where an earlier one has a later time, which goes to the history.
    /// With a clock that was set back a rating would be acknowledged and not count.
    private func inOrderOfArrival(_ rows: [RatingInsert.Row]) throws -> [RatingInsert.Row] {
        let last = Dictionary(rows.indices.map { (rows[$0].place, $0) }) { _, later in later }
        for row in rows.indices.filter({ last[rows[$0].place] != $0 }).map({ rows[$0] }) {
            try keepInHistory.execute(arguments: [row.user, row.item, Double(row.value), row.time])
        }
        let counting = last.values.sorted().map { rows[$0] }
        for row in counting { try removeLater.execute(arguments: [row.user, row.item, row.time]) }
        return counting
    }

    private func remove(_ user: String, _ item: String) throws -> RatingSubmission.Outcome {
        guard let number = try users.find(user),
            let itemNumber = try Int64.fetchOne(findItem, arguments: [item])
        else { return .noRating }
        try database.execute(
            sql: "DELETE FROM ratings WHERE user = ? AND item = ?", arguments: [number, itemNumber])
        guard database.changesCount > 0 else { return .noRating }
        try addChange(number)
        applied.changes.append(.init(user: user, item: item, value: nil, time: nil))
        return .done
    }

    private func addChange(_ user: Int64) throws {
        try insertChange.execute(arguments: [user])
        applied.number = database.lastInsertedRowID
    }
}
