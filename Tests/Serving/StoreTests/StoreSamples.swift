import FileOutput
import Foundation
import Ratings
import Store
import TestSupport

/// The current time of all tests: 1 January 2020.
let now: Int64 = 1_577_836_800

extension ImportSource {
    /// Rows of (user, item, value, time) as in a file, starting at line 2.
    static func rows(
        _ rows: [(String, String, Float, Int64?)], name: String = "rows.csv", checksum: String = "one",
        titles: [String: String] = [:], genres: [String: [String]] = [:], malformed: [RejectedRating] = []
    ) -> ImportSource {
        let users = Vocabulary(rows.map(\.0))
        let items = Vocabulary(rows.map(\.1))
        let hasTimes = rows.allSatisfy { $0.3 != nil }
        let entries = RatingEntries(
            users: rows.map { Int32(users.index(of: $0.0) ?? 0) },
            items: rows.map { Int32(items.index(of: $0.1) ?? 0) }, values: rows.map(\.2),
            timestamps: hasTimes ? rows.map { $0.3 ?? 0 } : nil)
        let genreNames = Set(genres.values.joined()).sorted()
        return ImportSource(
            name: name, checksum: checksum, entries: [entries], userIDs: users, itemIDs: items,
            items: ItemCatalog(
                titles: (0..<items.count).map { titles[items[$0]] }, genreNames: genreNames,
                genres: (0..<items.count).map { item in
                    (genres[items[item]] ?? []).compactMap(genreNames.firstIndex).sorted()
                }),
            users: UserCatalog(), malformed: malformed,
            lines: { entries in entries.map { ($0 + 2, "line \($0 + 2)") } })
    }
}
