public import LinearAlgebra
public import Ratings
import Synchronization

/// The exact nearest neighbors of all users: every pair is compared, without approximation.
///
/// Blocks of users, one per vector lane, are multiplied with the rows of all following users (`RowProducts`): each pair
/// is computed once and offered to the lists of both, if its product exceeds the threshold of either. Where sums are
/// rounded, spare candidates are kept and settled in `Double` (`Settlement`), so that the table does not depend on the
/// kernel or the order of summation.
///
/// - Complexity: O(Σ_u ratings of u · users more active than u) multiply-adds, many per instruction; O(ratings + users
///   · k + threads · tile) memory.
public struct AllPairs: Sendable {
    /// The similarity measure and the choice of neighbors.
    public let configuration: SimilarityConfiguration
    /// The implementation of the products; results do not depend on it.
    public let products: Products
    /// The number of threads; results do not depend on it.
    public let threads: Int
    /// The memory limit beyond the ratings, in bytes, or nil for no limit.
    public let memoryLimit: Int?

    /// - Throws: `SimilarityError` if the configuration is out of range.
    public init(
        _ configuration: SimilarityConfiguration, products: Products = .auto, threads: Int, memoryLimit: Int? = nil
    ) throws(SimilarityError) {
        try configuration.validate()
        self.configuration = configuration
        self.products = products
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// An upper bound of the memory needed beyond the ratings, in bytes, known in advance.
    public func memoryEstimate(for ratings: RatingMatrix) -> Int {
        let need = AllPairsMemory(ratings.byUser, configuration, products: products, threads: threads)
        return configuration.measure == .cosine && configuration.itemWeights == .none
            ? need.bytes(of: UInt16.self) : need.bytes(of: Double.self)
    }

    /// - Parameter progress: called from any thread with the share of pairs done, in 0…1.
    /// - Throws: `SimilarityError.needsMemory` if even the smallest tiles need more than `memoryLimit`, before any
    ///   large allocation.
    public func neighbors(
        in ratings: RatingMatrix, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        try neighbors(among: PreparedVectors(ratings, configuration, threads: threads), progress: progress)
    }

    /// The same for prepared vectors.
    func neighbors(
        among vectors: PreparedVectors, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        switch vectors {
        case .exact(let vectors): try table(vectors, progress)
        case .rounded(let vectors, _): try table(vectors, progress)
        }
    }

    /// The nearest neighbors of one user, equal to their row in the full table.
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
        let others = products == .blas ? candidates(of: user, vectors) : Array(0..<vectors.matrix.rows)
        return nearest(others.filter { $0 != user }.map { vectors.similarity(user, $0, formula) })
    }

    /// The users whose BLAS cosine, within rounding, allows a positive similarity.
    private func candidates(of user: Int, _ vectors: RatingVectors<some BLASScalar>) -> [Int] {
        let slack = Float(RoundingBound.float(shared: vectors.matrix.entries(ofRow: user).count).nextUp)
        let cosines = vectors.unitRows(threads: threads).products(withRow: user)
        return cosines.indices.filter { cosines[$0] > -slack }
    }

    /// The nearest neighbors of a user outside the training data, from their ratings.
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
                vectors.matrix, norms: vectors.norms, formula, unit: 1, try plan(vectors.matrix, Double.self),
                convert: { Double($0) })
            return exactTable(lists(ordered, formula, progress), vectors, ordered.values.pattern.rowOrder)
        }
        let ordered = OrderedVectors(
            vectors.matrix, norms: vectors.norms, formula, unit: 0.25, try plan(vectors.matrix, UInt16.self),
            convert: { UInt16(2 * $0) })
        return exactTable(lists(ordered, formula, progress), vectors, ordered.values.pattern.rowOrder)
    }

    /// Computes in `Float` where its rounding bound is tight; with norms over shared items, sums may cover tiny parts
    /// of two vectors.
    private func table(
        _ vectors: RatingVectors<Double>, _ progress: @Sendable (Double) -> Void
    ) throws(SimilarityError) -> NeighborTable {
        let bound: RoundingBound = configuration.norms == .shared ? .double : .float
        let settlement = Settlement(vectors, configuration, bound, threads: threads)
        switch bound {
        case .float:
            let ordered = OrderedVectors(
                vectors.unitRows(threads: threads), norms: Array(repeating: 1, count: vectors.matrix.rows),
                settlement.loosened, unit: 1, try plan(vectors.matrix, Float.self), convert: { $0 })
            let lists = lists(ordered, settlement.loosened, spare: true, progress)
            return settlement.table(lists, order: ordered.values.pattern.rowOrder)
        case .double:
            let ordered = OrderedVectors(
                vectors.matrix, norms: vectors.norms, settlement.loosened, unit: 1,
                try plan(vectors.matrix, Double.self), convert: { $0 })
            let lists = lists(ordered, settlement.loosened, spare: true, progress)
            return settlement.table(lists, order: ordered.values.pattern.rowOrder)
        }
    }

    private func plan<Element: LaneScalar>(
        _ matrix: SparseMatrix<some Any>, _ element: Element.Type
    ) throws(SimilarityError) -> OrderedVectors<Element>.Plan {
        OrderedVectors.Plan(tileRows: try tileRows(matrix, element), products: products, threads: threads)
    }

    /// The largest tile size within the memory limit.
    private func tileRows<Element: LaneScalar>(
        _ matrix: SparseMatrix<some Any>, _ element: Element.Type
    ) throws(SimilarityError) -> Int {
        var need = AllPairsMemory(matrix, configuration, products: products, threads: threads)
        guard let memoryLimit else { return need.tileRows }
        while need.bytes(of: element) > memoryLimit {
            guard need.halveTiles() else {
                throw .needsMemory(bytes: need.bytes(of: element), limit: memoryLimit)
            }
        }
        return need.tileRows
    }

    /// The nearest users of every user, by position.
    ///
    /// - Parameter spare: whether to keep extra candidates.
    private func lists<Element>(
        _ vectors: OrderedVectors<Element>, _ formula: SimilarityFormula, spare: Bool = false,
        _ progress: @Sendable (Double) -> Void
    ) -> NearestLists {
        let pattern = vectors.values.pattern
        let (tiles, users) = (pattern.tiles, pattern.occupiedRows)
        let lists = NearestLists(
            pattern.rows,
            capacity: spare ? NearestLists.candidates(configuration.neighbors) : configuration.neighbors,
            floor: max(.leastNonzeroMagnitude, formula.minSimilarity), threads: threads)
        let blocks = Parallel.ranges(users, of: laneCount)
        let pairs = Double(users) * Double(users)
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

    /// The kept neighbors with their supports; similarities are already exact.
    private func exactTable(
        _ lists: NearestLists, _ vectors: RatingVectors<Float>, _ order: [Int32]
    ) -> NeighborTable {
        let kept = lists.kept(order: order, threads: threads)
        return NeighborTable(
            offsets: kept.offsets, neighbors: kept.users, similarities: kept.similarities,
            supports: supportCounts(
                offsets: kept.offsets, neighbors: kept.users, in: vectors.matrix, threads: threads))
    }
}
