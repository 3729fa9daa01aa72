import LinearAlgebra
import Ratings

/// The search for neighbors after a batch of changes: what becomes of the lists, without changing them yet.
struct LiveSearch: Sendable {
    private let ratings: MutableRatings
    private let vectors: LiveVectors
    private let changed: [Int32]
    /// By number.
    private let isChanged: [Bool]
    private let capacity: Int
    private let threads: Int

    init(_ ratings: MutableRatings, _ vectors: LiveVectors, changed: [Int32], capacity: Int, threads: Int) {
        self.ratings = ratings
        self.vectors = vectors
        self.changed = changed
        self.capacity = capacity
        self.threads = threads
        var isChanged = [Bool](repeating: false, count: ratings.users.count)
        for user in changed { isChanged[Int(user)] = true }
        self.isChanged = isChanged
    }

    /// A user's similarities with everybody: their own list, and the lists of others that they belong to.
    struct Row: Sendable {
        var list: NearList
        var offers: [Offer] = []
    }

    /// A user to be inserted into the list of another.
    struct Offer: Sendable {
        let list: Int32
        let neighbor: Neighbor
    }

    /// - Parameter lists: those of unchanged users get offers of neighbors nearer than their bounds.
    func rows(of users: [Int32], offeringTo lists: [NearList] = []) -> [Row] {
        // Nobody is nearer than a changed user's bound, everybody nearer than one of similarity 0.
        let bounds = lists.indices.map { isChanged[$0] ? Self.nearest : lists[$0].bound ?? Self.farthest }
        return vectors.formula.usesSharedNorms
            ? rows(of: users, offeringTo: bounds, as: PairSums.self)
            : rows(of: users, offeringTo: bounds, as: ProductSum.self)
    }

    private static let nearest = Neighbor(user: -1, similarity: .infinity, support: 0)
    private static let farthest = Neighbor(user: -1, similarity: 0, support: 0)

    private func rows<Sums: AccumulatedPair & Sendable>(
        of users: [Int32], offeringTo bounds: [Neighbor], as sums: Sums.Type
    ) -> [Row] {
        Parallel.map(users.count, threads: threads, workspace: { [Sums](repeating: Sums(), count: isChanged.count) }) {
            row(of: users[$0], offeringTo: bounds, &$1)
        }
    }

    /// - Parameter sums: zeros, one per user, and so when it returns.
    private func row(
        of user: Int32, offeringTo bounds: [Neighbor], _ sums: inout [some AccumulatedPair]
    ) -> Row {
        vectors.add(Int(user), in: ratings, to: &sums)
        let norms = vectors.norms
        var best = TopK(rows: 1, capacity: min(capacity + 1, sums.count))
        var offers: [Offer] = []
        for other in sums.indices where sums[other].support > 0 && other != user {
            let similarity = sums[other].similarity(vectors.formula, norms: norms[Int(user)] * norms[other])
            guard similarity > 0 else { continue }
            best.offer(similarity, ratings.users.rank(of: other), to: 0)
            guard !bounds.isEmpty, similarity >= bounds[other].similarity else { continue }
            let neighbor = Neighbor(user: user, similarity: similarity, support: sums[other].support)
            guard ratings.users.isNearer(neighbor, bounds[other]) else { continue }
            offers.append(Offer(list: Int32(other), neighbor: neighbor))
        }
        let near = best.best(ofRow: 0).map { rank, similarity in
            let other = ratings.users.number(ofRank: Int(rank))
            return Neighbor(user: other, similarity: similarity, support: sums[Int(other)].support)
        }
        for other in sums.indices { sums[other] = .init() }
        return Row(list: NearList(near, capacity: capacity), offers: offers)
    }

    /// The lists of unchanged users that changed users are in, before or after.
    ///
    /// - Complexity: O(users + these lists · k).
    func mended(
        _ lists: [NearList], _ memberships: ListMemberships, by offers: [[Offer]]
    ) -> [(user: Int32, list: NearList)] {
        var isAffected = [Bool](repeating: false, count: lists.count)
        for user in changed { for list in memberships[user] { isAffected[Int(list)] = true } }
        for offer in offers.joined() { isAffected[Int(offer.list)] = true }
        let affected = lists.indices.filter { isAffected[$0] && !isChanged[$0] }
        let (starts, neighbors) = byList(offers, lists.count)
        let chunks = Parallel.ranges(affected.count, of: 16)
        return Parallel.map(chunks.count, threads: threads) { chunk in
            affected[chunks[chunk]].map { user in
                let list = lists[user].mended(
                    without: isChanged, adding: neighbors[starts[user]..<starts[user + 1]], capacity: capacity,
                    among: ratings.users)
                return (Int32(user), list)
            }
        }.flatMap { $0 }
    }

    /// The neighbors offered to list u are `starts[u] ..< starts[u + 1]`.
    private func byList(_ offers: [[Offer]], _ listCount: Int) -> (starts: [Int], neighbors: [Neighbor]) {
        var starts = [Int](repeating: 0, count: listCount + 1)
        for offer in offers.joined() { starts[Int(offer.list) + 1] += 1 }
        for list in 0..<listCount { starts[list + 1] += starts[list] }
        var next = starts
        var neighbors = [Neighbor](repeating: Self.nearest, count: starts[listCount])
        for offer in offers.joined() {
            neighbors[next[Int(offer.list)]] = offer.neighbor
            next[Int(offer.list)] += 1
        }
        return (starts, neighbors)
    }

    /// Whether spares moved up among the k nearest: more of the users who did not change are there than before.
    func usesSpares(_ list: NearList, insteadOf old: NearList, _ neighbors: Int) -> Bool {
        func unchanged(_ list: NearList) -> Int {
            list.near.prefix(neighbors).count { !isChanged[Int($0.user)] }
        }
        return unchanged(list) > unchanged(old)
    }
}
