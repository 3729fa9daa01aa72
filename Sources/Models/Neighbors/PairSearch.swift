import LinearAlgebra
import Synchronization

/// The nearest neighbors of users over some of their pairs: all, or those of two blocks.
///
/// Blocks of users, one per vector lane, are multiplied with the rows they meet (`RowProducts`): each pair is computed
/// once and offered to the lists of both, if its product exceeds the threshold of either. Where sums are rounded, spare
/// candidates are kept and settled in `Double` (`Settlement`), so that the table does not depend on the kernel or the
/// order of summation.
struct PairSearch {
    let configuration: SimilarityConfiguration
    /// The pairs of users to compare.
    let pairs: RowPairs
    /// The least similarity of a neighbor of each user, inclusive; empty for none.
    let floors: [Float]
    let products: Products
    let tileRows: Int
    let threads: Int

    /// - Parameter progress: called from any thread with the share of pairs done, in 0…1.
    /// - Returns: a table without neighbors where the search was cancelled.
    func table(among vectors: PreparedVectors, _ progress: @Sendable (Double) -> Void) -> NeighborTable {
        switch (vectors, ProductPrecision(vectors, configuration)) {
        case (.exact(let vectors), .halves):
            exactTable(vectors, unit: 0.25, progress) { UInt16(2 * $0) }
        case (.exact(let vectors), _):
            exactTable(vectors, unit: 1, progress) { Double($0) }
        case (.rounded(let vectors, _), .single):
            settledTable(
                vectors, .float, vectors.unitRows(threads: threads),
                norms: Array(repeating: 1, count: vectors.matrix.rows), progress)
        case (.rounded(let vectors, _), _):
            settledTable(vectors, .double, vectors.matrix, norms: vectors.norms, progress)
        }
    }

    /// The kept neighbors with their supports: similarities are exact.
    private func exactTable(
        _ vectors: RatingVectors<Float>, unit: Double, _ progress: @Sendable (Double) -> Void,
        convert: @Sendable (Float) -> some LaneScalar
    ) -> NeighborTable {
        let formula = SimilarityFormula(configuration)
        let ordered = OrderedVectors(
            vectors.matrix, norms: vectors.norms, formula, unit: unit, plan, convert: convert)
        let lists = lists(
            ordered, formula, capacity: configuration.neighbors,
            floor: { max(.leastNonzeroMagnitude, formula.minSimilarity, floors.isEmpty ? 0 : floors[$0]) }, progress)
        if Cancellation.current.isRequested { return NeighborTable(empty: vectors.matrix.rows) }
        let kept = lists.kept(order: ordered.values.pattern.rowOrder, threads: threads)
        return NeighborTable(
            offsets: kept.offsets, neighbors: kept.users, similarities: kept.similarities,
            supports: supportCounts(
                offsets: kept.offsets, neighbors: kept.users, in: vectors.matrix, threads: threads))
    }

    /// The candidates, settled.
    ///
    /// - Parameters:
    ///   - factors: the vectors to multiply, in the precision of the bound.
    ///   - norms: of the factors.
    private func settledTable<Element: LaneScalar & BLASScalar>(
        _ vectors: RatingVectors<Double>, _ bound: RoundingBound, _ factors: SparseMatrix<Element>, norms: [Double],
        _ progress: @Sendable (Double) -> Void
    ) -> NeighborTable {
        let settlement = Settlement(vectors, configuration, bound, pairs, floors: floors, threads: threads)
        let ordered = OrderedVectors(factors, norms: norms, settlement.loosened, unit: 1, plan, convert: { $0 })
        let lists = lists(
            ordered, settlement.loosened, capacity: NearestLists.candidates(configuration.neighbors),
            floor: settlement.loosenedFloor(of:), progress)
        if Cancellation.current.isRequested { return NeighborTable(empty: vectors.matrix.rows) }
        return settlement.table(lists, order: ordered.values.pattern.rowOrder)
    }

    private var plan: ProductPlan {
        ProductPlan(pairs: pairs, tileRows: tileRows, products: products, threads: threads)
    }

    /// The nearest users of every user, by position.
    ///
    /// - Parameter floor: the least similarity to keep for a user.
    private func lists<Element>(
        _ vectors: OrderedVectors<Element>, _ formula: SimilarityFormula, capacity: Int, floor: (Int) -> Float,
        _ progress: @Sendable (Double) -> Void
    ) -> NearestLists {
        let pattern = vectors.values.pattern
        let (tiles, blocks) = (pattern.tiles, pattern.blocks)
        let lists = NearestLists(
            floors: pattern.rowOrder.map { floor(Int($0)) }, capacity: capacity, threads: threads)
        let pairs = Double(max(1, blocks.reduce(0) { $0 + $1.lanes.count * $1.rows.count }))
        let done = Atomic(0)
        let cancellation = Cancellation.current
        Parallel.forEach(
            blocks.count, threads: threads, workspace: { SimilarityTile(vectors, formula) }
        ) { index, tile in
            if cancellation.isRequested { return }
            let block = blocks[index]
            tile.load(block)
            for rows in tiles[(block.rows.lowerBound / pattern.tileRows)...] {
                let rows = rows.clamped(to: block.rows)
                if rows.isEmpty || cancellation.isRequested { break }
                tile.offer(rows, to: lists)
                let count = done.wrappingAdd(block.lanes.count * rows.count, ordering: .relaxed).newValue
                progress(Double(count) / pairs)
            }
        }
        return lists
    }
}

/// The numbers that products of vectors are computed in.
enum ProductPrecision {
    /// 16-bit integers of halves.
    case halves
    case single
    case double

    /// `Float` where its rounding bound is tight; with norms over shared items, sums may cover tiny parts of two vectors.
    init(_ vectors: PreparedVectors, _ configuration: SimilarityConfiguration) {
        switch vectors {
        case .exact(let vectors): self = vectors.areSmall ? .halves : .double
        case .rounded: self = configuration.norms == .shared ? .double : .single
        }
    }
}
