import LinearAlgebra
public import Ratings
import Synchronization

/// The exact nearest neighbors of all users: every pair is compared, none is guessed.
///
/// Blocks of users stand side by side in the lanes of vectors and are multiplied with the rows of all users behind them
/// (`RowProducts`): each pair is met once and feeds the lists of both. A pair goes on to the lists only where its product
/// exceeds what one of them still takes. What is kept is then settled from the two users' ratings, which counts the support.
///
/// - Complexity: O(Σ_u ratings of u · users more active than u) multiply-adds, many in one instruction;
///   O(ratings + users · k + threads · tile) memory.
public struct AllPairs: Sendable {
    public let configuration: SimilarityConfiguration
    public let threads: Int
    /// The most bytes that the neighbors of all may take beside the ratings, or nil for no limit.
    public let memoryLimit: Int?

    /// - Throws: `SimilarityError` where the configuration is out of range.
    public init(
        _ configuration: SimilarityConfiguration, threads: Int, memoryLimit: Int? = nil
    ) throws(SimilarityError) {
        try configuration.validate()
        self.configuration = configuration
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// The most bytes that the neighbors of all take beside the ratings, before any of them is taken.
    public func memoryEstimate(for ratings: RatingMatrix) -> Int {
        let need = AllPairsMemory(ratings.byUser, configuration, threads: threads)
        return configuration.measure == .cosine && configuration.itemWeights == .none
            ? need.bytes(of: UInt16.self) : need.bytes(of: Double.self)
    }

    /// - Parameter progress: called from any thread as pairs are done, with the share in 0…1.
    /// - Throws: `SimilarityError.needsMemory` where even the smallest tiles need more than `memoryLimit`; nothing of size
    ///   has been allocated then.
    public func neighbors(
        in ratings: RatingMatrix, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        try neighbors(among: PreparedVectors(ratings, configuration, threads: threads), progress: progress)
    }

    /// The same of vectors that are already prepared.
    func neighbors(
        among vectors: PreparedVectors, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        switch vectors {
        case .exact(let vectors): try table(vectors, progress)
        case .rounded(let vectors, _): try table(vectors, progress)
        }
    }

    /// The nearest neighbors of one user: the same as their row in the table of all.
    ///
    /// - Complexity: O(ratings).
    public func neighbors(of user: Int, in ratings: RatingMatrix) -> [Neighbor] {
        switch PreparedVectors(ratings, configuration) {
        case .exact(let vectors): row(of: user, vectors)
        case .rounded(let vectors, _): row(of: user, vectors)
        }
    }

    private func row(of user: Int, _ vectors: RatingVectors<some BLASScalar>) -> [Neighbor] {
        let formula = SimilarityFormula(configuration)
        return nearest(
            (0..<vectors.matrix.rows).filter { $0 != user }.map { vectors.similarity(user, $0, formula) })
    }

    /// The nearest neighbors of a user who is known by these ratings alone.
    ///
    /// - Complexity: O(ratings + users · the user's ratings).
    func neighbors(foldingIn ratings: UserRatings, among vectors: PreparedVectors) -> [Neighbor] {
        nearest(vectors.similarities(foldingIn: ratings, SimilarityFormula(configuration)))
    }

    private func nearest(_ candidates: [Neighbor]) -> [Neighbor] {
        let near = candidates.filter { $0.similarity > 0 }
        return Array(near.sorted(by: Neighbor.isNearer).prefix(configuration.neighbors))
    }

    private func table(
        _ vectors: RatingVectors<Float>, _ progress: @Sendable (Double) -> Void
    ) throws(SimilarityError) -> NeighborTable {
        let formula = SimilarityFormula(configuration)
        guard vectors.areSmall else {
            let ordered = OrderedVectors(
                vectors, formula, unit: 1, tileRows: try tileRows(vectors.matrix, Double.self), costs: .typical,
                threads: threads, convert: { Double($0) })
            let lists = lists(ordered, formula, progress)
            return settledExactly(lists, order: ordered.values.pattern.rowOrder, vectors)
        }
        let ordered = OrderedVectors(
            vectors, formula, unit: 0.25, tileRows: try tileRows(vectors.matrix, UInt16.self),
            costs: vectors.matrix.count < Self.countWorthMeasuring ? .typical : .measured(), threads: threads,
            convert: { UInt16(2 * $0) })
        let lists = lists(ordered, formula, progress)
        return settledExactly(lists, order: ordered.values.pattern.rowOrder, vectors)
    }

    private func table(
        _ vectors: RatingVectors<Double>, _ progress: @Sendable (Double) -> Void
    ) throws(SimilarityError) -> NeighborTable {
        let formula = SimilarityFormula(configuration)
        // The ways of multiplying round differently, so here they may not depend on a measurement.
        let ordered = OrderedVectors(
            vectors, formula, unit: 1, tileRows: try tileRows(vectors.matrix, Double.self), costs: .typical,
            threads: threads, convert: { $0 })
        let lists = lists(ordered, formula, progress)
        return settled(lists, order: ordered.values.pattern.rowOrder, vectors, formula)
    }

    /// With fewer ratings, all is done before a measurement pays.
    private static let countWorthMeasuring = 2_000_000

    /// The largest tiles that the limit allows.
    private func tileRows<Element: LaneScalar>(
        _ matrix: SparseMatrix<some Any>, _ element: Element.Type
    ) throws(SimilarityError) -> Int {
        var need = AllPairsMemory(matrix, configuration, threads: threads)
        guard let memoryLimit else { return need.tileRows }
        while need.bytes(of: element) > memoryLimit {
            guard need.halveTiles() else {
                throw .needsMemory(bytes: need.bytes(of: element), limit: memoryLimit)
            }
        }
        return need.tileRows
    }

    /// The nearest of every user, by position.
    private func lists<Element>(
        _ vectors: OrderedVectors<Element>, _ formula: SimilarityFormula, _ progress: @Sendable (Double) -> Void
    ) -> NearestLists {
        let pattern = vectors.values.pattern
        let tiles = pattern.tiles
        let lists = NearestLists(
            pattern.rows, capacity: configuration.neighbors,
            floor: max(.leastNonzeroMagnitude, configuration.minSimilarity), threads: threads)
        let blocks = stride(from: 0, to: pattern.rows, by: laneCount).map {
            $0..<min($0 + laneCount, pattern.rows)
        }
        let pairs = Double(pattern.rows) * Double(pattern.rows)
        let done = Atomic(0)
        Parallel.forEach(
            blocks.count, threads: threads, workspace: { SimilarityTile(vectors, formula) }
        ) { index, tile in
            let block = blocks[index]
            tile.load(block)
            for rows in tiles[(block.lowerBound / pattern.tileRows)...] {
                tile.offer(max(rows.lowerBound, block.lowerBound)..<rows.upperBound, to: lists)
                let count = done.wrappingAdd(2 * block.count * rows.count, ordering: .relaxed).newValue
                progress(min(1, Double(count) / pairs))
            }
        }
        return lists
    }

    /// The kept neighbors with their supports; their similarities are exact already.
    private func settledExactly(
        _ lists: NearestLists, order: [Int32], _ vectors: RatingVectors<Float>
    ) -> NeighborTable {
        let (positions, chunks) = (positions(order), chunks(order.count))
        let parts = Parallel.map(chunks.count, threads: threads) { part in
            var (counts, neighbors, similarities): ([Int], [Int32], [Float]) = ([], [], [])
            for user in chunks[part] {
                let best = lists.best(at: positions[user])
                counts.append(best.count)
                for candidate in best {
                    neighbors.append(candidate.index)
                    similarities.append(candidate.score)
                }
            }
            return (counts: counts, neighbors: neighbors, similarities: similarities)
        }
        var offsets = [0]
        offsets.reserveCapacity(order.count + 1)
        for part in parts { for count in part.counts { offsets.append(offsets[offsets.count - 1] + count) } }
        let neighbors = Parallel.join(parts.map(\.neighbors), threads: threads)
        let similarities = Parallel.join(parts.map(\.similarities), threads: threads)
        let supports = supportCounts(
            offsets: offsets, neighbors: neighbors, in: vectors.matrix, threads: threads)
        return NeighborTable(
            offsets: offsets, neighbors: neighbors, similarities: similarities, supports: supports)
    }

    /// The kept neighbors, each computed from the two users' ratings.
    private func settled(
        _ lists: NearestLists, order: [Int32], _ vectors: RatingVectors<Double>, _ formula: SimilarityFormula
    ) -> NeighborTable {
        let (positions, chunks) = (positions(order), chunks(order.count))
        let rows = Parallel.map(chunks.count, threads: threads, workspace: { SharedItems(vectors.matrix) }) {
            part, shared in
            chunks[part].map { user in
                shared.take(user)
                return lists.best(at: positions[user]).map { candidate in
                    let other = Int(candidate.index)
                    let sums = shared.sums(with: other)
                    return Neighbor(
                        user: candidate.index,
                        similarity: formula.similarity(sums, norms: vectors.norms[user] * vectors.norms[other]),
                        support: sums.support)
                }
                // The tile's sum may round to the other side of a bound than this one.
                .filter { $0.similarity > 0 }
                .sorted(by: Neighbor.isNearer)
            }
        }
        return NeighborTable(rows: rows.flatMap { $0 })
    }

    /// The position of each user.
    private func positions(_ order: [Int32]) -> [Int] {
        var positions = [Int](repeating: 0, count: order.count)
        for (position, user) in order.enumerated() { positions[Int(user)] = position }
        return positions
    }

    /// Users whose lists a thread settles in one go.
    private func chunks(_ users: Int) -> [Range<Int>] {
        stride(from: 0, to: users, by: 64).map { $0..<min($0 + 64, users) }
    }
}
