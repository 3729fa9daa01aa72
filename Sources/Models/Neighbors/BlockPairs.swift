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
        let formula = SimilarityFormula(configuration)
        let blocks = [first] + (second.map { [$0] } ?? [])
        let vectors = blocks.map { RatingVectors(transform.applied(to: $0.ratings, threads: threads)) }
        var rows: [[Neighbor]] = []
        for (side, block) in blocks.enumerated() {
            for user in 0..<block.count {
                let floor = floors.isEmpty ? 0 : floors[rows.count]
                var near: [Neighbor] = []
                for other in blocks.indices where (other == side) == (pairing == .within) {
                    for partner in 0..<blocks[other].count where other != side || partner != user {
                        let one = vectors[side].similarity(user, partner, of: vectors[other], formula)
                        guard one.similarity > 0, one.similarity >= floor else { continue }
                        near.append(
                            Neighbor(
                                user: blocks[other].ids[partner], similarity: one.similarity, support: one.support))
                    }
                }
                rows.append(Array(near.sorted(by: Neighbor.isNearer).prefix(configuration.neighbors)))
            }
        }
        return NeighborTable(rows: rows, threads: threads)
    }
}
