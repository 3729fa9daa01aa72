import LinearAlgebra

/// The number of items that both users of each neighbor entry rated.
///
/// - Parameters:
///   - offsets: the neighbors of user u are `offsets[u] ..< offsets[u + 1]` in `neighbors`.
/// - Returns: one number for each entry of `neighbors`.
func supportCounts(
    offsets: [Int], neighbors: [Int32], in matrix: SparseMatrix<some BLASScalar>, threads: Int
) -> [Int32] {
    setsAreShort(users: matrix.rows, items: matrix.columns, ratings: matrix.count)
        ? supportCountsBySets(offsets, neighbors, matrix, threads)
        : supportCountsByMarks(offsets, neighbors, matrix, threads)
}

/// Whether users have no more words of 64 items than ratings, on average: a word costs no more than a look-up.
func setsAreShort(users: Int, items: Int, ratings: Int) -> Bool { users * items <= 64 * ratings }

/// Each user's items as a set of bits, and how many of them two sets have in common.
///
/// - Complexity: O(ratings + entries · items / 64) time; 8 bytes a rating and a user in memory.
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

/// The items of the user of a pair who rated more are marked once, and each partner's ratings are looked up among the
/// marks: a pair costs as much as its lighter user has ratings.
///
/// - Complexity: O(Σ ratings of the lighter user) time over all entries; 8 bytes an entry beside the result.
private func supportCountsByMarks(
    _ offsets: [Int], _ neighbors: [Int32], _ matrix: SparseMatrix<some BLASScalar>, _ threads: Int
) -> [Int32] {
    let users = offsets.count - 1
    let counts = (0..<users).map { matrix.entries(ofRow: $0).count }
    func heavier(_ user: Int, _ other: Int) -> (Int, lighter: Int32) {
        (counts[user], other) > (counts[other], user) ? (user, Int32(other)) : (other, Int32(user))
    }
    var starts = [Int](repeating: 0, count: users + 1)
    for user in 0..<users {
        for entry in offsets[user]..<offsets[user + 1] { starts[heavier(user, Int(neighbors[entry])).0 + 1] += 1 }
    }
    for user in 0..<users { starts[user + 1] += starts[user] }
    // The partners of each heavier user, and where among them each entry is.
    var partners = [Int32](repeating: 0, count: neighbors.count)
    var places = [Int32](repeating: 0, count: neighbors.count)
    var next = starts
    for user in 0..<users {
        for entry in offsets[user]..<offsets[user + 1] {
            let pair = heavier(user, Int(neighbors[entry]))
            partners[next[pair.0]] = pair.lighter
            places[entry] = Int32(next[pair.0])
            next[pair.0] += 1
        }
    }
    let chunk = 64
    let chunks = stride(from: 0, to: users, by: chunk).map { $0..<min($0 + chunk, users) }
    let counted: [Int32] = Parallel.fill(
        chunks.map { starts[$0.lowerBound] } + [neighbors.count], threads: threads,
        workspace: { SharedItems(matrix) }
    ) { [starts, partners] part, shared, supports in
        let first = starts[chunks[part].lowerBound]
        for user in chunks[part] where starts[user] < starts[user + 1] {
            shared.take(user)
            for place in starts[user]..<starts[user + 1] {
                supports[place - first] = shared.support(with: Int(partners[place]))
            }
        }
    }
    return places.map { counted[Int($0)] }
}
