import Foundation
import Platform
public import RatingFiles
import Ratings
public import Store

/// The records of files or of a store: films and users first, then ratings in the order of the source or of time.
public struct RecordList: RecordFeed, Sendable {
    public let checksum: String
    /// Rows of a file that are no ratings.
    public let rejected: Int
    private let facts: [StreamChange]
    private let users: Vocabulary
    private let items: Vocabulary
    private let ratings: RatingEntries
    /// The ratings in the order they are sent in; nil for their own.
    private let order: [Int]?
    private var place = 0

    public var count: Int? { facts.count + ratings.count }

    /// - Parameters:
    ///   - reader: says how files are read; malformed rows are skipped.
    ///   - byTime: whether ratings follow each other by their times, and by their order where those are equal.
    /// - Throws: `InputError`.
    public init(
        _ source: RatingsSource, by reader: RatingsReader, byTime: Bool, progress: @Sendable (Double) -> Void = { _ in }
    ) throws {
        var reader = reader
        reader.onBadRow = .skip
        let rows = try reader.rows(source.ratings, progress: progress)
        let unrated = try source.items(besides: rows.items)
        self.init(
            users: rows.users, items: rows.items, entries: rows.entries,
            facts: Self.facts(rows.items, try source.itemCatalog(for: rows.items))
                + Self.facts(unrated, try source.itemCatalog(for: unrated))
                + Self.facts(rows.users, try source.userCatalog(for: rows.users)),
            byTime: byTime, checksum: try source.checksum(), rejected: rows.rejected.count)
    }

    /// The ratings of a store, by user, with what is known of users and items.
    public init(_ stored: StoredRatings, byTime: Bool) {
        let (data, ratings) = (stored.dataset, stored.dataset.ratings)
        var entries = (users: [Int32](), items: [Int32](), values: [Float]())
        for user in 0..<ratings.users.count {
            for (item, value) in ratings.ratings(ofUser: user) {
                entries.users.append(Int32(user))
                entries.items.append(item)
                entries.values.append(value)
            }
        }
        self.init(
            users: ratings.users, items: ratings.items,
            entries: [
                RatingEntries(
                    users: entries.users, items: entries.items, values: entries.values,
                    timestamps: ratings.timestamps)
            ], facts: Self.facts(ratings.items, data.items) + Self.facts(ratings.users, data.users), byTime: byTime,
            checksum: "\(data.source): \(ratings.count) ratings, change \(stored.change), import \(stored.imports)",
            rejected: 0)
    }

    private init(
        users: Vocabulary, items: Vocabulary, entries: [RatingEntries], facts: [StreamChange], byTime: Bool,
        checksum: String, rejected: Int
    ) {
        self.users = users
        self.items = items
        self.facts = facts
        self.rejected = rejected
        let hasTimes = entries.allSatisfy { $0.timestamps != nil }
        ratings =
            entries.count == 1
            ? entries[0]
            : RatingEntries(
                users: entries.flatMap(\.users), items: entries.flatMap(\.items), values: entries.flatMap(\.values),
                timestamps: hasTimes ? entries.flatMap { $0.timestamps ?? [] } : nil)
        let times = byTime ? ratings.timestamps : nil
        order = times.map { times in times.indices.sorted { (times[$0], $0) < (times[$1], $1) } }
        // Of another number of facts, or in another order, a place means another record.
        let whole = "\(checksum) \(facts.count) \(ratings.count) \(order != nil)"
        self.checksum = sha256(Data(whole.utf8)).hexadecimal
    }

    private static func facts(_ ids: Vocabulary, _ catalog: ItemCatalog) -> [StreamChange] {
        (0..<ids.count).filter { catalog.titles[$0] != nil }.map { item in
            .item(
                ItemFacts(
                    id: ids[item], title: catalog.titles[item],
                    genres: catalog.genres[item].map { catalog.genreNames[$0] }))
        }
    }

    private static func facts(_ ids: Vocabulary, _ catalog: UserCatalog) -> [StreamChange] {
        guard !catalog.attributes.isEmpty else { return [] }
        return (0..<ids.count).map { user in
            let values = catalog.attributes.compactMap { attribute in
                attribute.values[user].map { (attribute.name, $0) }
            }
            return .user(UserFacts(id: ids[user], attributes: Dictionary(values) { first, _ in first }))
        }
    }

    public mutating func go(to place: RecordPlace) { self.place = place.index }

    public mutating func next() -> PlacedRecord? {
        guard place < facts.count + ratings.count else { return nil }
        defer { place += 1 }
        return PlacedRecord(
            place < facts.count ? facts[place] : rating(place - facts.count), next: .init(index: place + 1))
    }

    private func rating(_ number: Int) -> StreamChange {
        let entry = order?[number] ?? number
        return .rate(
            RatingEvent(
                user: users[Int(ratings.users[entry])], item: items[Int(ratings.items[entry])],
                value: ratings.values[entry], time: ratings.timestamps?[entry]))
    }
}
