import LinearAlgebra
import Ratings

/// Rating vectors after centering and weighting, with their norms; their products give similarities.
struct RatingVectors<Element: BLASScalar>: Sendable {
    /// Shape (users, items).
    let matrix: SparseMatrix<Element>
    /// ‖x_u‖ over all items of each user.
    let norms: [Double]
    /// Whether every value is a multiple of ½.
    let areHalves: Bool
    /// Whether all values are in 0…20, so that 16 bits hold the sum of many products of halves.
    let areSmall: Bool

    init(_ matrix: SparseMatrix<Element>, threads: Int = 1) {
        self.matrix = matrix
        let chunks = Parallel.chunks(matrix.rows) { matrix.rowOffsets[$0] }
        let parts = Parallel.map(chunks.count, threads: threads) { part in
            var (areHalves, areSmall) = (true, true)
            let norms = chunks[part].map { row in
                var sum = 0.0
                for entry in matrix.entries(ofRow: row) {
                    let value = Double(matrix.values[entry])
                    sum += value * value
                    areHalves = areHalves && Self.isWhole(2 * value)
                    areSmall = areSmall && value >= 0 && value <= 20
                }
                return sum.squareRoot()
            }
            return (norms: norms, areHalves: areHalves, areSmall: areSmall)
        }
        norms = parts.flatMap(\.norms)
        areHalves = parts.allSatisfy(\.areHalves)
        areSmall = parts.allSatisfy(\.areSmall)
    }

    /// Each row divided by its norm; zero rows stay zero.
    func unitRows(threads: Int) -> SparseMatrix<Float> {
        let chunks = Parallel.chunks(matrix.rows) { matrix.rowOffsets[$0] }
        let offsets = [0] + chunks.map { matrix.rowOffsets[$0.upperBound] }
        return matrix.withValues(
            Parallel.fill(offsets, threads: threads, workspace: {}) { part, _, units in
                let values = matrix.values.span
                for row in chunks[part] {
                    let norm = norms[row] > 0 ? norms[row] : 1
                    for entry in matrix.entries(ofRow: row) {
                        units[entry - offsets[part]] = Float(Double(values[entry]) / norm)
                    }
                }
            })
    }

    /// Whether a number below 2⁵¹ is an integer: the sum has no bits for a fraction. Baseline processors have no
    /// rounding instruction.
    private static func isWhole(_ number: Double) -> Bool { (number + 0x1.8p52) - 0x1.8p52 == number }

    /// The similarity of v to u, by the formula; 0 if they are not neighbors.
    ///
    /// - Parameter others: the vectors v belongs to; by default these.
    /// - Complexity: O(ratings of u + ratings of v).
    func similarity(_ u: Int, _ v: Int, of others: RatingVectors? = nil, _ formula: SimilarityFormula) -> Neighbor {
        let others = others ?? self
        let sums = sums(u, v, of: others)
        return Neighbor(
            user: Int32(v), similarity: formula.similarity(sums, norms: norms[u] * others.norms[v]),
            support: sums.support)
    }

    /// The sums over the shared items of two users.
    private func sums(_ u: Int, _ v: Int, of others: RatingVectors) -> PairSums {
        var sums = PairSums()
        let (leftRow, rightRow) = (matrix.entries(ofRow: u), others.matrix.entries(ofRow: v))
        var i = leftRow.lowerBound
        var j = rightRow.lowerBound
        while i < leftRow.upperBound, j < rightRow.upperBound {
            let (left, right) = (matrix.columnIndices[i], others.matrix.columnIndices[j])
            if left == right { sums.add(Double(matrix.values[i]), Double(others.matrix.values[j])) }
            // Branch-free: both advance on a match, else the one behind.
            i += left <= right ? 1 : 0
            j += right <= left ? 1 : 0
        }
        return sums
    }
}

/// Sums over the shared items of two users.
struct PairSums {
    var product = 0.0
    var leftSquares = 0.0
    var rightSquares = 0.0
    var support: Int32 = 0

    mutating func add(_ left: Double, _ right: Double) {
        product += left * right
        leftSquares += left * left
        rightSquares += right * right
        support += 1
    }
}

/// Vectors in the precision their sums need.
enum PreparedVectors: Sendable {
    /// Every sum of products is exact in `Float`, in any order of summation.
    case exact(RatingVectors<Float>)
    /// Sums are rounded: a similarity is computed from sums in `Double`, then rounded to `Float`.
    case rounded(RatingVectors<Double>, RatingTransform)

    /// Applies measure and item weights.
    init(_ ratings: RatingMatrix, _ configuration: SimilarityConfiguration, threads: Int = 1) {
        let isRaw = configuration.measure == .cosine && configuration.itemWeights == .none
        self.init(
            ratings.byUser, mayBeExact: isRaw, threads: threads, transform: RatingTransform(ratings, configuration))
    }

    /// Applies a transform to some rows of the rating matrix.
    ///
    /// - Parameters:
    ///   - mayBeExact: whether to leave the ratings as they are if their sums are exact.
    ///   - transform: only evaluated if they are not.
    init(
        _ matrix: SparseMatrix<Float>, mayBeExact: Bool, threads: Int,
        transform: @autoclosure () -> RatingTransform
    ) {
        if mayBeExact {
            let raw = RatingVectors(matrix, threads: threads)
            if Self.sumsAreExact(raw) {
                self = .exact(raw)
                return
            }
        }
        let transform = transform()
        self = .rounded(RatingVectors(transform.applied(to: matrix, threads: threads), threads: threads), transform)
    }

    /// The numbers of users, items and ratings.
    var shape: (rows: Int, columns: Int, entries: Int) {
        switch self {
        case .exact(let vectors): (vectors.matrix.rows, vectors.matrix.columns, vectors.matrix.count)
        case .rounded(let vectors, _): (vectors.matrix.rows, vectors.matrix.columns, vectors.matrix.count)
        }
    }

    /// Memory beyond the ratings, in bytes; exact vectors share theirs.
    var bytes: Int {
        switch self {
        case .exact(let vectors): 8 * vectors.norms.count
        case .rounded(let vectors, _): 8 * vectors.norms.count + 8 * vectors.matrix.count
        }
    }

    /// The similarity of user v to user u.
    func similarity(_ u: Int, _ v: Int, _ formula: SimilarityFormula) -> Neighbor {
        switch self {
        case .exact(let vectors): vectors.similarity(u, v, formula)
        case .rounded(let vectors, _): vectors.similarity(u, v, formula)
        }
    }

    /// The similarity of each user to one outside the training data, by user index.
    ///
    /// - Complexity: O(ratings + users · the user's ratings).
    func similarities(foldingIn ratings: UserRatings, _ formula: SimilarityFormula) -> [Neighbor] {
        switch self {
        case .exact(let vectors):
            let guest = RatingVectors(
                SparseMatrix(
                    columns: vectors.matrix.columns, rowOffsets: [0, ratings.count], columnIndices: ratings.items,
                    values: ratings.values))
            return (0..<vectors.matrix.rows).map { guest.similarity(0, $0, of: vectors, formula) }
        case .rounded(let vectors, let transform):
            let guest = RatingVectors(transform.applied(to: ratings))
            return (0..<vectors.matrix.rows).map { guest.similarity(0, $0, of: vectors, formula) }
        }
    }

    /// Whether ratings are multiples of ½ and no sum exceeds 2²⁴ quarters, the integers `Float` represents exactly.
    ///
    /// No product sum exceeds the larger of the two squared norms (Cauchy–Schwarz), so the norms decide.
    private static func sumsAreExact(_ vectors: RatingVectors<Float>) -> Bool {
        vectors.areHalves && vectors.norms.allSatisfy { 4 * $0 * $0 <= 0x1p24 }
    }
}
