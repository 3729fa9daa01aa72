import LinearAlgebra
public import Ratings
import Synchronization

/// The exact nearest neighbors of all users: every pair is compared, none is guessed.
///
/// Blocks of users are multiplied with blocks of users through BLAS, and each tile feeds the lists of its rows and, mirrored,
/// of its columns; only half of the tiles are computed and never more than one a thread is held. What is kept is then
/// computed once more by merging the two users' ratings, which also counts the support.
///
/// - Complexity: O(users² · items) multiply-adds at BLAS speed; O(threads · tile² + users · k) memory.
public struct AllPairs: Sendable {
    public let configuration: SimilarityConfiguration
    public let threads: Int

    /// - Throws: `SimilarityError` where the configuration is out of range.
    public init(_ configuration: SimilarityConfiguration, threads: Int) throws(SimilarityError) {
        try configuration.validate()
        self.configuration = configuration
        self.threads = threads
    }

    /// - Parameter progress: called from any thread as pairs are done, with the share in 0…1.
    public func neighbors(
        in ratings: RatingMatrix, progress: @Sendable (Double) -> Void = { _ in }
    ) -> NeighborTable {
        neighbors(among: PreparedVectors(ratings, configuration), progress: progress)
    }

    /// The same of vectors that are already prepared.
    func neighbors(
        among vectors: PreparedVectors, progress: @Sendable (Double) -> Void = { _ in }
    ) -> NeighborTable {
        switch vectors {
        case .exact(let vectors): table(vectors, progress)
        case .rounded(let vectors, _): table(vectors, progress)
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

    private func table<Element: BLASScalar>(
        _ vectors: RatingVectors<Element>, _ progress: @Sendable (Double) -> Void
    ) -> NeighborTable {
        let formula = SimilarityFormula(configuration)
        let blocks = UserBlocks(
            userCount: vectors.matrix.rows, side: SimilarityTile<Element>.side,
            capacity: configuration.neighbors)
        let pairs = blocks.pairs
        let done = Atomic(0)
        Parallel.forEach(
            pairs.count, threads: threads,
            workspace: { SimilarityTile(vectors: vectors, formula: formula) }
        ) { index, tile in
            let (left, right) = pairs[index]
            tile.compute(left.users, right.users)
            left.best.withLock {
                $0.offerRows(
                    of: tile.similarities, firstIndex: right.users.lowerBound,
                    skippingDiagonal: left === right)
            }
            if left !== right {
                right.best.withLock {
                    $0.offerColumns(of: tile.similarities, firstIndex: left.users.lowerBound)
                }
            }
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            progress(Double(count) / Double(pairs.count))
        }
        let rows = Parallel.map(blocks.blocks.count, threads: threads) { index in
            settled(blocks.blocks[index], vectors, formula)
        }
        return NeighborTable(rows: rows.flatMap { $0 })
    }

    /// The kept neighbors of a block's users, each computed from the two users' ratings.
    private func settled(
        _ block: UserBlock, _ vectors: RatingVectors<some BLASScalar>, _ formula: SimilarityFormula
    ) -> [[Neighbor]] {
        block.best.withLock { best in
            block.users.indices.map { user in
                best.best(ofRow: user - block.users.lowerBound)
                    .map { vectors.similarity(user, Int($0.index), formula) }
                    // The tile's sum may round to the other side of a bound than this one.
                    .filter { $0.similarity > 0 }
                    .sorted(by: Neighbor.isNearer)
            }
        }
    }
}

/// Consecutive users, and the best neighbors found for them so far.
private final class UserBlock: Sendable {
    let users: Range<Int>
    let best: Mutex<TopK>

    init(users: Range<Int>, capacity: Int) {
        self.users = users
        best = Mutex(TopK(rows: users.count, capacity: capacity))
    }
}

private struct UserBlocks {
    let blocks: [UserBlock]

    init(userCount: Int, side: Int, capacity: Int) {
        blocks = stride(from: 0, to: userCount, by: side).map { start in
            UserBlock(users: start..<min(start + side, userCount), capacity: capacity)
        }
    }

    /// Each unordered pair of blocks once, every block with itself among them.
    var pairs: [(UserBlock, UserBlock)] {
        blocks.indices.flatMap { i in blocks[i...].map { (blocks[i], $0) } }
    }
}
