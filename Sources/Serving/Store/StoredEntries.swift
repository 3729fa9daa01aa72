import FileOutput
import GRDB
import Ratings

/// The ratings by the store's numbers, each checked as it is read.
struct StoredEntries {
    private(set) var users: [Int64] = []
    private(set) var items: [Int64] = []
    private(set) var values: [Float] = []
    private(set) var times: [Int64] = []
    private(set) var hasAllTimes = true

    /// - Parameter purposes: what they have to count for; none for all ratings.
    /// - Throws: `StoreError.inconsistent` for ratings that are not as they were written, or no numbers to compute with.
    init(_ database: Database, of store: Store, for purposes: [Purpose] = []) throws {
        var (changed, impossible) = (0, 0)
        let ratings = try purposes.isEmpty ? "ratings" : Store.ratings(for: purposes, database)
        let rows = try Row.fetchCursor(
            database, sql: "SELECT user, item, value, time, seal FROM \(ratings) ORDER BY user, item")
        while let row = try rows.next() {
            let (user, item, value): (Int64, Int64, Double) = try (row[at: 0], row[at: 1], row[at: 2])
            let (time, seal): (Int64?, Int64?) = try (row[at: 3], row[at: 4])
            if seal != nil, seal != RowSeal.rating(user: user, item: item, value: value, time: time) { changed += 1 }
            if !RatingScale.widest.contains(Float(value)) { impossible += 1 }
            users.append(user)
            items.append(item)
            values.append(Float(value))
            hasAllTimes = hasAllTimes && time != nil
            times.append(time ?? 0)
        }
        guard changed == 0 else { throw store.changed(changed, "ratings") }
        guard impossible == 0 else {
            throw StoreError.inconsistent(
                path: store.path,
                problem: "\(impossible.counted("rating")) beyond ±\(RatingScale.widest.upperBound)",
                remedy: "Restore a copy, or delete them: "
                    + "DELETE FROM ratings WHERE abs(value) > \(RatingScale.widest.upperBound).")
        }
    }

    /// By the indices of the vocabularies.
    ///
    /// - Throws: `StoreError.inconsistent` for ratings whose user or item is not there.
    func numbered(_ userIDs: StoredIDs, _ itemIDs: StoredIDs, of store: Store) throws(StoreError) -> RatingEntries {
        func indices(_ numbers: [Int64], _ ids: StoredIDs, _ side: StoredIDs.Side) throws(StoreError) -> [Int32] {
            let indices = numbers.map { Int32(ids.index(of: $0) ?? -1) }
            let missing = indices.count { $0 < 0 }
            guard missing == 0 else {
                throw .inconsistent(
                    path: store.path,
                    problem: "\(missing.counted("rating")) of \(side.rawValue) that are not in the store",
                    remedy: Store.deletingOrphans)
            }
            return indices
        }
        return RatingEntries(
            users: try indices(users, userIDs, .users), items: try indices(items, itemIDs, .items), values: values,
            timestamps: hasAllTimes ? times : nil)
    }
}
