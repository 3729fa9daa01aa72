public import LinearAlgebra
public import Ratings

/// The equations that a block of rows solves.
public enum BlockEquations: Sendable {
    /// Explicit ratings, μ their mean: w = (factors, bias), of order rank + 1.
    case explicit(ALSConfiguration, mean: Float)
    /// Feedback: w = factors, of order rank.
    ///
    /// - gramian: the full FᵀF of all partners, shape (rank, rank); not read by `RowBlock.first`.
    /// - partners: the number of all partners.
    case implicit(ImplicitConfiguration, scale: RatingScale, gramian: DenseMatrix<Float>, partners: Int)

    /// The number of unknowns per row.
    public var order: Int {
        switch self {
        case .explicit(let configuration, _): configuration.rank + 1
        case .implicit(let configuration, _, _, _): configuration.rank
        }
    }
}

/// Consecutive rows of one side of a factorization, to be solved apart from the others.
///
/// Rows are independent given their partners, and every sum is taken by chunk. Blocks made of whole chunks of a side, as
/// `chunks` cuts it, therefore give the bits of `AlternatingLeastSquares` and `ImplicitALS`: the vectors, and the losses,
/// penalties and Gramians once they are added in the order of the chunks, starting from 0.
///
/// - Complexity: O(ratings · order² + rows · order³) time divided by the threads; O(rows · order) memory besides the
///   ratings and the features of the partners.
public struct RowBlock: Sendable {
    /// The rows of a block, solved.
    public struct Solution: Sendable {
        /// w of every row, shape (rows, order).
        public let vectors: DenseMatrix<Float>
        /// Σ ω·(t − x·w)², for feedback with α₀·wᵀ·FᵀF·w of each row, and the rows' penalties: by chunk.
        ///
        /// The total loss is the sum of the losses of one side and the penalties of the other.
        public let losses: [Double]
        /// Σ wᵀ·Λ·w, by chunk.
        public let penalties: [Double]
        /// The full XᵀX of the vectors X, shape (order, order), by chunk; empty for explicit ratings.
        public let gramians: [DenseMatrix<Float>]
    }

    let ratings: SparseMatrix<Float>
    let step: HalfStep
    let equations: BlockEquations
    let terms: Terms
    let threads: Int

    /// The terms of the equations.
    enum Terms: Sendable {
        case explicit(ExplicitTerms)
        case implicit(ImplicitTerms)
    }

    /// - Parameters:
    ///   - side: the name of rows in errors: `user` or `item`.
    ///   - ratings: shape (rows of the block, all partners).
    ///   - chunks: all rows of the block, in whole chunks of its side.
    ///   - firstRow: the number of the block's first row in its side.
    ///   - equations: not of non-negative factors, whose solution depends on the one before.
    ///   - threads: ≥ 1; results do not depend on it.
    public init(
        side: String, ratings: SparseMatrix<Float>, chunks: [Range<Int>], firstRow: Int, equations: BlockEquations,
        threads: Int
    ) {
        precondition(
            chunks.first?.lowerBound ?? 0 == 0 && chunks.last?.upperBound ?? 0 == ratings.rows
                && zip(chunks, chunks.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound },
            "chunks cover the rows")
        self.ratings = ratings
        self.equations = equations
        self.threads = threads
        let solver: Solver
        switch equations {
        case .explicit(let configuration, let mean):
            precondition(!configuration.isNonnegative, "blocks have no non-negative factors")
            terms = .explicit(ExplicitTerms(configuration: configuration, mean: mean))
            solver = configuration.solver
        case .implicit(let configuration, let scale, let gramian, let partners):
            terms = .implicit(ImplicitTerms(configuration, scale: scale, gramian: gramian, partners: partners))
            solver = configuration.solver
        }
        step = HalfStep(
            side: side, chunks: chunks, firstRow: firstRow, order: equations.order, solver: solver, threads: threads)
    }

    /// Chunks of about equal work: a rating costs order² multiply-adds and a row's factorization a sixth of order³.
    ///
    /// The work before row i is 6·rowOffsets[i] + (order + 6)·i. Chunks are cut from the front, each as soon as its work
    /// is at least ⌊work of all rows / 512⌋ + 1, so that there are at most 512.
    ///
    /// 1,000 rows of one rating each at order 10 have the work 22·1,000, and ⌊22,000 / 512⌋ + 1 = 43: 500 chunks of two
    /// rows, whose work is 44.
    ///
    /// - Parameter rowOffsets: of the whole side: row i has `rowOffsets[i + 1] - rowOffsets[i]` ratings.
    public static func chunks(_ rowOffsets: [Int], order: Int) -> [Range<Int>] {
        HalfStep.chunks(rowOffsets, order: order)
    }

    /// The sum of the ratings by chunk; those of all user blocks, added in order and divided by the number of ratings,
    /// are the mean of a fit.
    public var valueSums: [Double] { step.valueSums(ratings) }

    /// The first factors of the rows; biases are 0. There is no loss yet.
    ///
    /// - Parameter generator: in the state in which the block's first row is drawn, from `FirstFactors`.
    public func first(from generator: SeededGenerator) -> Solution {
        var generator = generator
        let (rows, order) = (ratings.rows, equations.order)
        switch terms {
        case .explicit(let terms):
            return begun(Factors(rows: rows, rank: order - 1, using: &generator).augmented, terms)
        case .implicit(let terms): return begun(Factors(rows: rows, rank: order, using: &generator).vectors, terms)
        }
    }

    private func begun(_ vectors: DenseMatrix<Float>, _ terms: some RowTerms) -> Solution {
        let losses = step.chunks.map { _ in 0.0 }
        return solution(vectors, HalfStep.Sums(losses: losses, penalties: step.penalties(of: vectors, ratings, terms)))
    }

    /// Solves all rows.
    ///
    /// - Parameter partners: the features of all partners, shape (partners, order).
    /// - Throws: `notPositiveDefinite` of the lowest row without a solution, by its number in the side.
    public func solve(against partners: DenseMatrix<Float>) throws(FactorizationError) -> Solution {
        precondition(partners.rows == ratings.columns && partners.columns == equations.order, "shape of the features")
        switch terms {
        case .explicit(let terms): return try solve(terms, against: partners)
        case .implicit(let terms): return try solve(terms, against: partners)
        }
    }

    /// Solves all rows while the features of their partners come.
    public func stream() -> RowStream { RowStream(self) }

    private func solve(
        _ terms: some RowTerms, against partners: DenseMatrix<Float>
    ) throws(FactorizationError) -> Solution {
        var vectors = DenseMatrix<Float>(rows: ratings.rows, columns: equations.order)
        let sums = try step.solve(ratings, terms, against: partners, into: &vectors)
        return solution(vectors, sums)
    }

    func solution(_ vectors: DenseMatrix<Float>, _ sums: HalfStep.Sums) -> Solution {
        var gramians: [DenseMatrix<Float>] = []
        if case .implicit = equations { gramians = vectors.gramians(of: step.chunks, threads: threads) }
        return Solution(vectors: vectors, losses: sums.losses, penalties: sums.penalties, gramians: gramians)
    }
}
