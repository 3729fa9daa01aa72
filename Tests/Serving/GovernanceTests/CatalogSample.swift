import Foundation
import Governance
import Ratings
import Store
import TestSupport

/// A store whose ratings the tests of the catalogue know.
struct CatalogSample {
    let scratch: Scratch
    let store: Store
    static let now: Int64 = 1_600_000_000

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    /// Imports rows of (user, item, value), all given at one time.
    func add(
        _ rows: [(String, String, Float)], _ checksum: String, terms: SourceTerms = SourceTerms(), now: Int64 = now
    ) throws {
        let (users, items) = (Vocabulary(rows.map(\.0)), Vocabulary(rows.map(\.1)))
        let entries = RatingEntries(
            users: rows.map { Int32(users.index(of: $0.0) ?? 0) },
            items: rows.map { Int32(items.index(of: $0.1) ?? 0) }, values: rows.map(\.2),
            timestamps: rows.map { _ in 1_500_000_000 })
        let source = ImportSource(
            name: "/data/\(checksum).csv", checksum: checksum, entries: [entries], userIDs: users, itemIDs: items,
            items: ItemCatalog(
                titles: (0..<items.count).map { "Film \(items[$0])" }, genreNames: [],
                genres: (0..<items.count).map { _ in [] }),
            users: UserCatalog(), malformed: [], lines: { $0.map { ($0, "") } })
        _ = try store.importRatings(source, scale: 0.5...5, now: now)
        try store.save(terms, ofImport: checksum)
    }

    /// Each of some users rates film 1 with one value.
    func rate(_ value: Float, by users: ClosedRange<Int>, _ checksum: String, now: Int64 = now) throws {
        try add(users.map { ("user\($0)", "1", value) }, checksum, now: now)
    }

    func catalog() throws -> Catalog {
        let checks = try store.checkQuality(now: Self.now)
        return try Catalog(of: store, version: "test", checks: checks, history: store.qualityHistory())
    }

    func variable(_ relation: String, _ column: String) throws -> Catalog.Variable? {
        try catalog().relations.first { $0.name == relation }?.variables.first { $0.name == column }
    }
}
