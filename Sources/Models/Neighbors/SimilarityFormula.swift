/// The similarity as a function of sums over shared items.
///
/// s = Σ x_u·x_v / (‖x_u‖·‖x_v‖) · support/(support + β). Ratings (4, 3) and (3, 4) of the same two items: s = 24/25 = 0.96;
/// with β = 2, 0.48.
struct SimilarityFormula {
    let minSupport: Double
    private(set) var minSimilarity: Float
    let shrinkage: Double
    let usesSharedNorms: Bool
    /// Whether support affects the result; if not, any positive number will do.
    let needsSupport: Bool
    /// Whether negative similarities count; otherwise they become 0.
    let keepsNegative: Bool

    init(_ configuration: SimilarityConfiguration, keepsNegative: Bool = false) {
        self.keepsNegative = keepsNegative
        minSupport = Double(configuration.minSupport)
        minSimilarity = configuration.minSimilarity
        shrinkage = configuration.shrinkage
        usesSharedNorms = configuration.norms == .shared
        needsSupport = configuration.minSupport > 1 || configuration.shrinkage > 0
    }

    /// The rounding error of a zero; true similarities are larger.
    static let noise: Float = 1e-9

    /// The minimum similarity of a neighbor.
    var leastSimilarity: Float { max(Self.noise, minSimilarity) }

    /// The formula for rounded similarities: accepts what may be a neighbor within the slack.
    func loosened(by slack: Double) -> SimilarityFormula {
        var formula = self
        formula.minSimilarity = max(0, (minSimilarity - Float(slack)).nextDown)
        return formula
    }

    /// The similarity, or 0 if the users are not neighbors.
    ///
    /// - Parameter norms: the product of the two norms.
    @inline(__always)
    func similarity(product: Double, norms: Double, support: Double) -> Float {
        guard product > 0 || (keepsNegative && product < 0), support >= minSupport else { return 0 }
        let cosine = max(-1, min(1, product / norms)) * (support / (support + shrinkage))
        guard abs(cosine) > Double(Self.noise) else { return 0 }
        let similarity = Float(cosine)
        return abs(similarity) >= minSimilarity ? similarity : 0
    }

    func similarity(_ sums: PairSums, norms: Double) -> Float {
        similarity(
            product: sums.product,
            norms: usesSharedNorms
                ? sums.leftSquares.squareRoot() * sums.rightSquares.squareRoot() : norms,
            support: Double(sums.support))
    }
}
