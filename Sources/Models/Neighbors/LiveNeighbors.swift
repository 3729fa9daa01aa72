public import LinearAlgebra
public import Ratings

/// The exact nearest neighbors of all users while ratings change: after each batch, what `AllPairs` finds in the same
/// ratings, bit for bit, without comparing all pairs.
///
/// A similarity is a function of two rows. So a batch changes only the similarities of users whose ratings it changed:
/// these are computed with everybody (as `Settlement` sums them, in the order of items, in `Double`), which makes the
/// lists of these users and mends those of all others. Lists hold spare neighbors behind the k-th (`NearList`); one that
/// runs out of them is computed from its user's ratings again. If IDs sort otherwise than before (`MutableVocabulary`),
/// or most users changed, all pairs are compared.
///
/// Measures that depend on everybody cannot be followed: one rating changes every similarity.
///
/// - Complexity: for a batch O(users + Σ raters of the items of changed users + lists that they are in · k); O(users · k)
///   memory.
public struct LiveNeighbors: Sendable {
    /// The similarity measure and the choice of neighbors.
    public let configuration: SimilarityConfiguration
    /// The number of threads; results do not depend on it.
    public let threads: Int
    private let products: Products
    /// How many neighbors a list holds, spares among them.
    private let capacity: Int
    private var vectors: LiveVectors
    /// By number.
    private var lists: [NearList] = []
    private var memberships = ListMemberships()

    /// Throws `SimilarityError.dependsOnEverybody` for a measure that can only follow at a refresh.
    public static func checkFollows(_ configuration: SimilarityConfiguration) throws(SimilarityError) {
        guard configuration.itemWeights == .none else {
            throw .dependsOnEverybody("item-weights", configuration.itemWeights.rawValue)
        }
        guard configuration.measure != .baseline else {
            throw .dependsOnEverybody("measure", configuration.measure.rawValue)
        }
    }

    /// Computes the lists of all users.
    ///
    /// - Parameter ratings: settled.
    /// - Throws: `SimilarityError` if the configuration is out of range or cannot be followed.
    public init(
        _ ratings: MutableRatings, _ configuration: SimilarityConfiguration, products: Products = .auto, threads: Int
    ) throws(SimilarityError) {
        try configuration.validate()
        try Self.checkFollows(configuration)
        self.configuration = configuration
        self.products = products
        self.threads = threads
        capacity = configuration.neighbors + max(8, configuration.neighbors / 2)
        vectors = LiveVectors(configuration)
        _ = try compareAllPairs(in: ratings)
    }

    // MARK: - Reading

    /// The neighbors of a user, nearest first, all by number; none for a number that is not there yet.
    public func neighbors(of user: Int) -> [Neighbor] {
        user < lists.count ? Array(lists[user].near.prefix(configuration.neighbors)) : []
    }

    /// The table that `AllPairs` finds in a matrix of the same ratings.
    ///
    /// - Parameter numbered: of the ratings that were followed last.
    /// - Complexity: O(users · k).
    public func table(for numbered: MutableRatings.Numbered) -> NeighborTable {
        var indices = [Int32](repeating: -1, count: lists.count)
        for (index, number) in numbered.userNumbers.enumerated() { indices[Int(number)] = Int32(index) }
        let rows = numbered.userNumbers.map { number in
            lists[Int(number)].near.prefix(configuration.neighbors).map {
                Neighbor(user: indices[Int($0.user)], similarity: $0.similarity, support: $0.support)
            }
        }
        return NeighborTable(rows: rows, threads: threads)
    }

    // MARK: - Following

    /// Mends the lists after a batch.
    ///
    /// - Parameters:
    ///   - changes: all since the last call, as `settle()` returns them.
    ///   - ratings: with these changes.
    public mutating func follow(
        _ changes: RatingChanges, in ratings: MutableRatings
    ) throws(SimilarityError) -> NeighborChanges {
        precondition(ratings.isSettled, "settle() ends a batch")
        let areMost = 2 * changes.users.count > ratings.users.presentCount
        guard !changes.reordersUsers, !changes.reordersItems, !areMost else {
            return try compareAllPairs(in: ratings)
        }
        grow(to: ratings.users.count)
        vectors.update(changes.users, in: ratings)
        let search = LiveSearch(ratings, vectors, changed: changes.users, capacity: capacity, threads: threads)
        let found = search.rows(of: changes.users, offeringTo: lists)
        let mended = search.mended(lists, memberships, by: found.map(\.offers))
        let open = mended.filter { !$0.list.isComplete(configuration.neighbors) }.map(\.user)
        let again = search.rows(of: open)

        var report = NeighborChanges(computed: changes.users.count, computedAgain: open.count)
        for (user, list) in mended where list.isComplete(configuration.neighbors) {
            if search.usesSpares(list, insteadOf: lists[Int(user)], configuration.neighbors) {
                report.mendedFromSpares += 1
            }
            set(list, of: user, &report)
        }
        for (user, row) in zip(changes.users, found) { set(row.list, of: user, &report) }
        for (user, row) in zip(open, again) { set(row.list, of: user, &report) }
        report.lists.sort()
        return report
    }

    private mutating func compareAllPairs(in ratings: MutableRatings) throws(SimilarityError) -> NeighborChanges {
        let numbered = ratings.matrix()
        var wider = configuration
        wider.neighbors = min(capacity + 1, max(1, numbered.userNumbers.count - 1))
        let table = try AllPairs(wider, products: products, threads: threads).neighbors(in: numbered.matrix)
        grow(to: ratings.users.count)
        vectors.update(0..<Int32(lists.count), in: ratings)
        var report = NeighborChanges(comparedAllPairs: true)
        for (index, user) in numbered.userNumbers.enumerated() {
            let near = table.neighbors(of: index).map {
                Neighbor(
                    user: numbered.userNumbers[Int($0.user)], similarity: $0.similarity, support: $0.support)
            }
            set(NearList(near, capacity: capacity), of: user, &report)
        }
        for user in 0..<Int32(lists.count) where !ratings.users.isPresent(Int(user)) { set(.empty, of: user, &report) }
        report.lists.sort()
        return report
    }

    private mutating func grow(to count: Int) {
        lists += Array(repeating: .empty, count: count - lists.count)
        memberships.grow(to: count)
    }

    private mutating func set(_ list: NearList, of user: Int32, _ report: inout NeighborChanges) {
        let old = lists[Int(user)].near
        if old.prefix(configuration.neighbors) != list.near.prefix(configuration.neighbors) {
            report.lists.append(user)
        }
        memberships.replace(old, with: list.near, in: user)
        lists[Int(user)] = list
    }
}
