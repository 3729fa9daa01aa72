import LinearAlgebra

/// Pairs of users grouped by the one with more ratings, so that computing a pair costs only the ratings of the lighter
/// user.
///
/// - Complexity: O(pairs) time and memory.
struct PairsByHeavier: Sendable {
    /// The lighter users of pairs whose heavier user is u: `starts[u] ..< starts[u + 1]` in `partners`, possibly with
    /// repeats.
    let starts: [Int]
    let partners: [Int32]
    /// The index of each pair among the partners.
    let places: [Int]

    /// - Parameters:
    ///   - offsets: the partners of user u are `offsets[u] ..< offsets[u + 1]` in `others`.
    ///   - counts: the number of ratings of each user.
    init(offsets: [Int], others: [Int32], counts: [Int]) {
        let users = offsets.count - 1
        func heavier(_ user: Int, _ other: Int) -> (Int, lighter: Int32) {
            (counts[user], other) > (counts[other], user) ? (user, Int32(other)) : (other, Int32(user))
        }
        var starts = [Int](repeating: 0, count: users + 1)
        for user in 0..<users {
            for entry in offsets[user]..<offsets[user + 1] { starts[heavier(user, Int(others[entry])).0 + 1] += 1 }
        }
        for user in 0..<users { starts[user + 1] += starts[user] }
        var partners = [Int32](repeating: 0, count: others.count)
        // Of 43 million users with 50 neighbors, there are more pairs than 32 bits count.
        var places = [Int](repeating: 0, count: others.count)
        var next = starts
        for user in 0..<users {
            for entry in offsets[user]..<offsets[user + 1] {
                let pair = heavier(user, Int(others[entry]))
                partners[next[pair.0]] = pair.lighter
                places[entry] = next[pair.0]
                next[pair.0] += 1
            }
        }
        self.starts = starts
        self.partners = partners
        self.places = places
    }

    /// One value per partner, computed in parallel; that of a pair is at its place.
    ///
    /// - Parameter compute: the values of a heavier user with distinct lighter ones, in the thread's workspace.
    func map<Value: BitwiseCopyable & Sendable, Workspace>(
        threads: Int, default value: Value, workspace: @Sendable () -> Workspace,
        _ compute: @Sendable (_ heavier: Int, _ lighter: [Int32], inout Workspace, inout [Value]) -> Void
    ) -> [Value] {
        let users = starts.count - 1
        let chunks = Parallel.chunks(users) { starts[$0] }
        return Parallel.fill(
            [0] + chunks.map { starts[$0.upperBound] }, threads: threads,
            workspace: { (own: workspace(), distinct: DistinctPartners(users), values: [Value]()) }
        ) { part, state, values in
            let first = starts[chunks[part].lowerBound]
            for user in chunks[part] where starts[user] < starts[user + 1] {
                let pairs = starts[user]..<starts[user + 1]
                state.distinct.take(partners[pairs])
                if state.values.count < pairs.count { state.values = Array(repeating: value, count: pairs.count) }
                compute(user, state.distinct.partners, &state.own, &state.values)
                for place in pairs {
                    values[place - first] = state.values[state.distinct.index(of: partners[place])]
                }
            }
        }
    }
}

/// A workspace for the distinct partners of one user.
private struct DistinctPartners {
    private(set) var partners: [Int32] = []
    /// The index of each user among the partners, if present.
    private var indices: [Int32]

    init(_ users: Int) { indices = Array(repeating: -1, count: users) }

    mutating func take(_ some: ArraySlice<Int32>) {
        for partner in partners { indices[Int(partner)] = -1 }
        partners.removeAll(keepingCapacity: true)
        for partner in some where indices[Int(partner)] < 0 {
            indices[Int(partner)] = Int32(partners.count)
            partners.append(partner)
        }
    }

    func index(of partner: Int32) -> Int { Int(indices[Int(partner)]) }
}
