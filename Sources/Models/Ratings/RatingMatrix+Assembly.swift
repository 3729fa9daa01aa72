import LinearAlgebra

extension RatingMatrix {
    /// Builds the matrix from entries in any order.
    ///
    /// Two stable counting sorts, by item and then by user, give rows with ascending items; duplicates become adjacent,
    /// in reading order.
    ///
    /// - Parameters:
    ///   - pieces: the entries in pieces; the split has no influence.
    ///   - duplicates: nil for `last`, and where there are no timestamps for the last in reading order.
    /// - Returns: the matrix, and the number of entries replaced by another of the same user and item.
    /// - Throws: `RatingsError.duplicate` under the policy `error`, `RatingsError.noTimeOrder` for duplicates without
    ///   timestamps under `last` and `first`, `RatingsError.outOfRange` for sums beyond the range of ratings.
    /// - Complexity: O(entries / threads + users + items) time; memory for two copies of the entries.
    public static func assemble(
        _ pieces: [RatingEntries], users: Vocabulary, items: Vocabulary, duplicates: DuplicatePolicy? = nil,
        threads: Int = 1
    ) throws(RatingsError) -> (matrix: RatingMatrix, duplicateCount: Int) {
        let sorted = SortedEntries(pieces, userCount: users.count, itemCount: items.count, threads: threads)
        let unique = try sorted.resolved(by: duplicates, users, items)
        let byUser = SparseMatrix(
            columns: items.count, rowOffsets: unique.offsets, columnIndices: unique.items, values: unique.values)
        return (
            RatingMatrix(users: users, items: items, byUser: byUser, timestamps: unique.times),
            sorted.values.count - unique.values.count
        )
    }
}

/// Entries ascending by user and item, duplicates in reading order.
private struct SortedEntries {
    /// The first entry of each user, and the total at the end.
    var offsets: [Int]
    var items: [Int32]
    var values: [Float]
    var times: [Int64]?
    private let hasRepeats: Bool

    init(_ pieces: [RatingEntries], userCount: Int, itemCount: Int, threads: Int) {
        let order = RowOrder(
            rows: pieces.map { $0.users[...] }, columns: pieces.map { $0.items[...] }, rowCount: userCount,
            columnCount: itemCount,
            threads: threads)
        offsets = order.rowOffsets
        items = order.columnIndices
        hasRepeats = order.hasRepeats
        values = order.sorted(pieces.map { $0.values[...] })
        let pieceTimes = pieces.compactMap { $0.timestamps?[...] }
        times = pieceTimes.count == pieces.count ? order.sorted(pieceTimes) : nil
    }

    /// The entries with duplicates resolved.
    func resolved(
        by chosen: DuplicatePolicy?, _ users: Vocabulary, _ itemIDs: Vocabulary
    ) throws(RatingsError) -> SortedEntries {
        let policy = chosen ?? .last
        guard hasRepeats || policy == .count else { return self }
        var kept = self
        kept.items = []
        kept.values = []
        kept.times = times.map { _ in [] }
        for user in 0..<users.count {
            var start = offsets[user]
            while start < offsets[user + 1] {
                let item = items[start]
                let end = items[start..<offsets[user + 1]].firstIndex { $0 != item } ?? offsets[user + 1]
                if end - start > 1, let chosen {
                    try chosen.accept(end - start, hasTimes: times != nil, users[user], itemIDs[Int(item)])
                }
                let (value, time) = policy.resolve(values[start..<end], times?[start..<end])
                guard RatingScale.widest.contains(value) else {
                    throw .outOfRange(user: users[user], item: itemIDs[Int(item)], rating: value)
                }
                kept.items.append(item)
                kept.values.append(value)
                if let time { kept.times?.append(time) }
                start = end
            }
            kept.offsets[user + 1] = kept.values.count
        }
        return kept
    }
}
