import LinearAlgebra

/// The exact nearest neighbors among the users of two blocks: a part of `AllPairs` that one machine of many computes.
///
/// With users dealt into blocks, every pair of users belongs to one pair of blocks or to one block. The lists of a user
/// over all of them, merged by `ListMerge`, are the user's row of `AllPairs`, to the bit: norms cover whole rows, item
/// weights come from the statistics of all ratings, similarities are those of sums in `Double`, and ties go by global id.
public struct BlockPairs: Sendable {
    /// Which pairs of users are compared.
    public enum Pairing: String, Sendable, CaseIterable {
        /// Each user of the first block with each of the second.
        case across
        /// Each pair of users of the same block.
        case within
    }

    /// The similarity measure and the choice of neighbors.
    public let configuration: SimilarityConfiguration
    /// The number of threads; results do not depend on it.
    public let threads: Int
    private let transform: RatingTransform
    private let mayBeExact: Bool

    /// - Parameters:
    ///   - statistics: of all ratings, not of the blocks.
    ///   - isExact: whether the ratings of all users are multiples of ½ and 4·Σ r² ≤ 2²⁴ for each user. It only chooses
    ///     the faster way: where it is false, or a block contradicts it, candidates are settled in `Double`, and the
    ///     lists have the same bits.
    /// - Throws: `SimilarityError` if the configuration is out of range, or if the measure is `baseline`, whose biases
    ///   are fitted to all ratings.
    public init(
        _ configuration: SimilarityConfiguration, statistics: RatingStatistics, isExact: Bool, threads: Int
    ) throws(SimilarityError) {
        try configuration.validate()
        guard configuration.measure != .baseline else {
            throw .needsAllRatings("measure", configuration.measure.rawValue)
        }
        self.configuration = configuration
        self.threads = threads
        transform = RatingTransform(statistics, configuration)
        mayBeExact = isExact && configuration.measure == .cosine && configuration.itemWeights == .none
    }

    /// The nearest neighbors of the users of both blocks.
    ///
    /// - Parameters:
    ///   - second: has the same columns and no user of the first; nil for the pairs within one block.
    ///   - floors: the least similarity of a neighbor of each user of the first block, then of the second, inclusive;
    ///     empty for none. A floor is the similarity of the last of k neighbors already known.
    /// - Returns: a row per user of the first block, then of the second; neighbors by global id.
    public func neighbors(
        _ first: UserBlock, _ second: UserBlock? = nil, pairing: Pairing, floors: [Float] = []
    ) -> NeighborTable {
        precondition(second != nil || pairing == .within, "pairs across two blocks")
        let tileRows = AllPairsMemory.mostTileRows
        let blocks = JoinedBlocks(first, second, tileRows: tileRows, threads: threads)
        let vectors = PreparedVectors(
            blocks.ratings, mayBeExact: mayBeExact, threads: threads, transform: transform)
        let search = PairSearch(
            configuration: configuration, pairs: RowPairs(sides: blocks.sides, isAcross: pairing == .across),
            floors: blocks.byRow(floors), products: .auto, tileRows: tileRows, threads: threads)
        return blocks.table(search.table(among: vectors) { _ in })
    }
}
