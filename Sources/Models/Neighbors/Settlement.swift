import LinearAlgebra

/// Turns candidates with rounded similarities into the exact neighbors: those of a loop over all pairs that sums shared
/// items in order, in `Double`.
///
/// A user may have a floor, a similarity that neighbors have to reach. Candidates below the k-th by more than the rounding bound are dropped (`RoundingBound`), the others recomputed. All
/// users not computed are at most as near, plus the bound, as the first dropped candidate, the last of a full list, or
/// the floor of a partial one: if the k-th neighbor is nearer than that, none is missing. For the few other users, all
/// pairs are computed.
///
/// - Complexity: O(users · k · ratings of the lighter user), plus O(raters of the user's items) per unsettled user.
struct Settlement {
    private let vectors: RatingVectors<Double>
    private let formula: SimilarityFormula
    private let neighbors: Int
    private let bound: RoundingBound
    private let pairs: RowPairs
    private let floors: [Float]
    private let threads: Int
    private let slack: Double
    /// The formula for candidates, loosened by the rounding bound.
    let loosened: SimilarityFormula

    /// - Parameters:
    ///   - pairs: the pairs that are compared.
    ///   - floors: by user, inclusive; empty for none.
    init(
        _ vectors: RatingVectors<Double>, _ configuration: SimilarityConfiguration, _ bound: RoundingBound,
        _ pairs: RowPairs, floors: [Float], threads: Int
    ) {
        self.pairs = pairs
        self.floors = floors
        self.vectors = vectors
        self.bound = bound
        self.threads = threads
        formula = SimilarityFormula(configuration)
        neighbors = configuration.neighbors
        let matrix = vectors.matrix
        let longest = (0..<matrix.rows).reduce(0) { max($0, matrix.entries(ofRow: $1).count) }
        slack = bound(shared: longest)
        loosened = formula.loosened(by: slack)
    }

    /// The minimum similarity of a user's candidates: a pair that reaches the floor reaches it however it is rounded.
    func loosenedFloor(of user: Int) -> Float {
        let floor = Float(Double(self.floor(of: user)) - slack).nextDown
        return max(.leastNonzeroMagnitude, loosened.minSimilarity, floor)
    }

    private func floor(of user: Int) -> Float { floors.isEmpty ? 0 : floors[user] }

    /// - Parameter order: the user at each position of the lists.
    func table(_ lists: NearestLists, order: [Int32]) -> NeighborTable {
        let candidates = lists.kept(order: order, threads: threads) { contenders($1, ratings: ratingCount($0)) }
        let (pairs, sums) = pairSums(candidates)
        let chunks = Parallel.chunks(order.count) { candidates.offsets[$0] }
        var rows = Parallel.map(chunks.count, threads: threads) { part in
            chunks[part].map { user -> [Neighbor]? in
                let row = nearest(of: user, candidates, pairs, sums)
                return isComplete(row, of: user, others: candidates.others[user]) ? row : nil
            }
        }.flatMap { $0 }
        let open = rows.indices.filter { rows[$0] == nil }
        for (user, row) in zip(open, allPairs(of: open)) { rows[user] = row }
        return NeighborTable(rows: rows.map { $0 ?? [] }, threads: threads)
    }

    private func ratingCount(_ user: Int) -> Int { vectors.matrix.entries(ofRow: user).count }

    /// How many of a user's candidates, best first, may be among the k nearest.
    private func contenders(_ best: [(index: Int32, score: Float)], ratings: Int) -> Int {
        guard best.count > neighbors else { return best.count }
        let last = Double(best[neighbors - 1].score) - 2 * bound(shared: ratings)
        return best.firstIndex { Double($0.score) < last } ?? best.count
    }

    /// The k nearest of a user's candidates, from the sums of their pairs.
    private func nearest(
        of user: Int, _ candidates: NearestLists.Kept, _ pairs: PairsByHeavier, _ sums: Sums
    ) -> [Neighbor] {
        let floor = floor(of: user)
        var row: [Neighbor] = []
        row.reserveCapacity(candidates.offsets[user + 1] - candidates.offsets[user])
        for entry in candidates.offsets[user]..<candidates.offsets[user + 1] {
            let other = candidates.users[entry]
            let norms = vectors.norms[user] * vectors.norms[Int(other)]
            let pair = sums.pair(pairs.places[entry], support: sums.supports[entry])
            let similarity = formula.similarity(pair, norms: norms)
            guard similarity > 0, similarity >= floor else { continue }
            let neighbor = Neighbor(user: other, similarity: similarity, support: pair.support)
            // Insertion sort: candidates are nearly in order.
            var place = row.count
            while place > 0, Neighbor.isNearer(neighbor, row[place - 1]) { place -= 1 }
            row.insert(neighbor, at: place)
        }
        return Array(row.prefix(neighbors))
    }

    /// Sums of pairs in `Double`.
    private struct Sums {
        /// By place of the pair: only products, or all sums if norms cover shared items.
        var products: [Double] = []
        var all: [PairSums] = []
        /// By entry of the candidates.
        let supports: [Int32]

        func pair(_ place: Int, support: Int32) -> PairSums {
            guard all.isEmpty else { return all[place] }
            var sums = PairSums()
            (sums.product, sums.support) = (products[place], support)
            return sums
        }
    }

    private func pairSums(_ candidates: NearestLists.Kept) -> (PairsByHeavier, Sums) {
        let matrix = vectors.matrix
        let pairs = PairsByHeavier(
            offsets: candidates.offsets, others: candidates.users, counts: (0..<matrix.rows).map(ratingCount))
        guard !formula.usesSharedNorms else {
            let all = pairs.map(threads: threads, default: PairSums(), workspace: { SharedItems(matrix) }) {
                user, others, shared, sums in
                shared.take(user)
                for (index, other) in others.enumerated() { sums[index] = shared.sums(with: Int(other)) }
            }
            return (pairs, Sums(all: all, supports: Array(repeating: 0, count: candidates.users.count)))
        }
        let products = pairs.map(threads: threads, default: 0, workspace: { SpreadRow(matrix) }) {
            user, others, row, products in
            row.take(user)
            row.products(with: others[...], into: &products)
        }
        let supports = supportCounts(
            offsets: candidates.offsets, neighbors: candidates.users, in: matrix, threads: threads)
        return (pairs, Sums(products: products, supports: supports))
    }

    /// Whether no dropped user can be among the nearest.
    ///
    /// - Parameter others: an upper bound of their rounded similarities.
    private func isComplete(_ row: [Neighbor], of user: Int, others: Float) -> Bool {
        guard ratingCount(user) > 0 else { return true }
        let least =
            row.count == neighbors ? row[neighbors - 1].similarity : max(formula.leastSimilarity, floor(of: user))
        return Double(max(others, SimilarityFormula.noise)) + bound(shared: ratingCount(user)) < Double(least)
    }

    /// The nearest neighbors of some users, from all pairs of users who share an item with them.
    private func allPairs(of users: [Int]) -> [[Neighbor]] {
        guard !users.isEmpty else { return [] }
        let byItem = vectors.matrix.transposed()
        return Parallel.map(users.count, threads: threads, workspace: { SharedSums(vectors.matrix, byItem) }) {
            index, sums in
            let user = users[index]
            var best = TopK(
                rows: 1, capacity: neighbors, floor: max(.leastNonzeroMagnitude, floor(of: user)))
            var supports: [Int32: Int32] = [:]
            sums.forEachPartner(of: user) { other, sums in
                guard pairs.contains(user, Int(other)) else { return }
                let norms = vectors.norms[user] * vectors.norms[Int(other)]
                let similarity = formula.similarity(sums, norms: norms)
                guard similarity > 0, similarity >= best.thresholds[0] else { return }
                best.offer(similarity, other, to: 0)
                supports[other] = sums.support
            }
            return best.best(ofRow: 0).map {
                Neighbor(user: $0.index, similarity: $0.score, support: supports[$0.index] ?? 0)
            }
        }
    }
}
