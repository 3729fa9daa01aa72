import GRDB
import Privacy
import Ratings

/// Applies changes of ratings, items and users within a transaction, and gathers what counts of them.
final class ChangeWriter {
    private let database: Database
    private let cleaning: Cleaning
    private let unknownItems: UnknownItems
    private let now: Int64
    private let hasPseudonyms: Bool
    private let users: IDWriter
    private let items: IDWriter
    private let facts: FactWriter
    private let tombstones: Tombstones
    private let find: Statement
    /// Ratings that count and are not written yet, by what there is one rating of.
    private var pending: [RatingInsert.Row.Place: RatingInsert.Row] = [:]
    private var order: [RatingInsert.Row.Place] = []
    private var changed: Set<Int64> = []
    private var applied = AppliedChanges()
    private var hasNewItems = false

    /// - Parameters:
    ///   - scale: that of the store; one without is given that of these changes.
    ///   - changes: all that are going to be applied.
    init(
        _ database: Database, scale: ClosedRange<Float>?, of changes: [StreamChange], unknownItems: UnknownItems,
        now: Int64
    ) throws {
        self.database = database
        self.unknownItems = unknownItems
        self.now = now
        hasPseudonyms = try !Store.pseudonymKeys(database).isEmpty
        let known = scale ?? Self.scale(of: changes)
        if scale == nil, let known {
            try Settings.set(known, in: database)
            try TableSeals.write(database)
        }
        cleaning = Cleaning(scale: known ?? RatingScale.widest, now: now)
        users = try IDWriter(database, "user", "users")
        items = try IDWriter(database, "item", "items")
        facts = FactWriter(database)
        tombstones = try Tombstones(database)
        find = try database.cachedStatement(sql: "SELECT value, time FROM ratings WHERE user = ? AND item = ?")
    }

    /// Half stars where half of the values fit them, for the first messages seldom have all values, and some may be wrong; nil
    /// without a rating.
    private static func scale(of changes: [StreamChange]) -> ClosedRange<Float>? {
        let values = changes.compactMap { if case .rate(let event) = $0 { event.value } else { nil } }
        guard !values.isEmpty else { return nil }
        let halfStars: ClosedRange<Float> = 0.5...5
        if 2 * values.count(where: halfStars.contains) >= values.count { return halfStars }
        return Cleaning.scale(of: values, count: values.count)
    }

    /// Applies changes that belong together, all or none of them.
    ///
    /// - Returns: why they are not taken, or nil where they are.
    func apply(_ changes: [StreamChange]) throws -> String? {
        guard !hasPseudonyms || changes.compactMap(\.userID).allSatisfy(Pseudonymizer.isPseudonym) else {
            return "the store has pseudonyms, and the id of the user is none"
        }
        let all = changes.count
        let changes = tombstones.isUsed ? try changes.filter { try !isOfErased($0) } : changes
        applied.refused += all - changes.count
        var ratings: [RatingEvent] = []
        for case .rate(let event) in changes {
            let verdict = cleaning.verdict(value: event.value, time: event.time)
            guard case .kept(let time, _) = verdict else {
                return cleaning.reason(verdict, value: event.value, time: event.time)
            }
            if unknownItems == .reject, try items.find(event.item) == nil {
                return "item \(event.item) is not known; send it first, or take unknown items in as stubs"
            }
            var event = event
            event.time = time
            ratings.append(event)
        }
        var next = ratings.makeIterator()
        for change in changes {
            switch change {
            case .rate: if let event = next.next() { try rate(event) }
            case .remove(let user, let item): try remove(user, item)
            case .item(let item): try facts.take(item, try number(ofItem: item.id))
            case .user(let user): try facts.take(user, try users.number(of: user.id))
            }
        }
        return nil
    }

    private func isOfErased(_ change: StreamChange) throws -> Bool {
        switch change {
        case .rate(let event): try tombstones.hold(event.user)
        case .remove(let user, _): try tombstones.hold(user)
        case .user(let facts): try tombstones.hold(facts.id)
        case .item: false
        }
    }

    private func number(ofItem id: String) throws -> Int64 {
        if let known = try items.find(id) { return known }
        hasNewItems = true
        return try items.number(of: id)
    }

    private func rate(_ event: RatingEvent) throws {
        let row = RatingInsert.Row(
            user: try users.number(of: event.user), item: try number(ofItem: event.item), value: event.value,
            time: event.time)
        if let before = try known(row.place) {
            let isLate = if let time = row.time, let other = before.time { time < other } else { false }
            guard !isLate, before.value != row.value || before.time != row.time else {
                applied.repeated += 1
                // What came late belongs to the history.
                if isLate { try flush(with: row) }
                return
            }
        }
        if pending[row.place] != nil { try flush() }
        pending[row.place] = row
        order.append(row.place)
        changed.insert(row.user)
        applied.changes.append(.init(user: event.user, item: event.item, value: event.value, time: event.time))
    }

    private func known(_ place: RatingInsert.Row.Place) throws -> (value: Float, time: Int64?)? {
        if let row = pending[place] { return (row.value, row.time) }
        return try Row.fetchOne(find, arguments: [place.user, place.item]).map { row in
            (Float(try row[at: 0] as Double), try row[at: 1])
        }
    }

    private func remove(_ user: String, _ item: String) throws {
        guard let number = try users.find(user), let itemNumber = try items.find(item) else { return }
        try flush()
        try database.execute(
            literal: "DELETE FROM ratings WHERE user = \(number) AND item = \(itemNumber)")
        guard database.changesCount > 0 else { return }
        changed.insert(number)
        applied.changes.append(.init(user: user, item: item, value: nil, time: nil))
    }

    private func flush(with late: RatingInsert.Row? = nil) throws {
        let rows = order.compactMap { pending[$0] } + (late.map { [$0] } ?? [])
        try RatingInsert.insert(rows, arrived: now, into: database)
        pending.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
    }

    /// Writes what is left, and says whose ratings have changed.
    func finish() throws -> AppliedChanges {
        try flush()
        let addChange = try database.cachedStatement(sql: "INSERT INTO changed_users (user) VALUES (?)")
        for user in changed.sorted() { try addChange.execute(arguments: [user]) }
        applied.number = changed.isEmpty ? 0 : database.lastInsertedRowID
        applied.hasNewFacts = try facts.finish() || hasNewItems
        if applied.hasNewFacts { try TableSeals.write(database) }
        return applied
    }
}
