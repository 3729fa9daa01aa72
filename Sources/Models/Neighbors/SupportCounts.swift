import LinearAlgebra

/// The support of each neighbor entry: the number of items both users rated.
///
/// - Parameters:
///   - offsets: the neighbors of user u are `offsets[u] ..< offsets[u + 1]` in `neighbors`.
/// - Returns: one number per entry of `neighbors`.
func supportCounts(
    offsets: [Int], neighbors: [Int32], in matrix: SparseMatrix<some BLASScalar>, threads: Int
) -> [Int32] {
    setsAreShort(users: matrix.rows, items: matrix.columns, ratings: matrix.count)
        ? supportCountsBySets(offsets, neighbors, matrix, threads)
        : supportCountsByMarks(offsets, neighbors, matrix, threads)
}

/// Whether users have at most as many 64-item words as ratings, on average: a word costs no more than a look-up.
func setsAreShort(users: Int, items: Int, ratings: Int) -> Bool { users * items <= 64 * ratings }

/// Counts by intersecting bit sets of each user's items.
///
/// - Complexity: O(ratings + entries · items / 64) time; 8 bytes per rating and user.
private func supportCountsBySets(
    _ offsets: [Int], _ neighbors: [Int32], _ matrix: SparseMatrix<some BLASScalar>, _ threads: Int
) -> [Int32] {
    let sets = ColumnSets(matrix, threads: threads)
    let chunks = Parallel.chunks(offsets.count - 1) { offsets[$0] }
    return Parallel.fill([0] + chunks.map { offsets[$0.upperBound] }, threads: threads, workspace: {}) {
        part, _, supports in
        let first = offsets[chunks[part].lowerBound]
        for user in chunks[part] {
            for entry in offsets[user]..<offsets[user + 1] {
                supports[entry - first] = sets.commonCount(user, Int(neighbors[entry]))
            }
        }
    }
}

/// Counts by marking the items of the heavier user of each pair and looking up the ratings of each partner.
///
/// - Complexity: O(Σ ratings of the lighter user) time over all entries; 12 bytes per entry beyond the result.
private func supportCountsByMarks(
    _ offsets: [Int], _ neighbors: [Int32], _ matrix: SparseMatrix<some BLASScalar>, _ threads: Int
) -> [Int32] {
    let counts = (0..<matrix.rows).map { matrix.entries(ofRow: $0).count }
    let pairs = PairsByHeavier(offsets: offsets, others: neighbors, counts: counts)
    let supports: [Int32] = pairs.map(threads: threads, default: 0, workspace: { SharedItems(matrix) }) {
        user, partners, shared, supports in
        shared.take(user)
        shared.supports(with: partners, into: &supports)
    }
    return pairs.places.map { supports[$0] }
}
