/// Sums over the shared items of two users; those that the norms need.
protocol AccumulatedPair {
    init()
    var support: Int32 { get }
    mutating func add(_ left: Double, _ right: Double)
    /// - Parameter norms: the product of the two norms over all items.
    func similarity(_ formula: SimilarityFormula, norms: Double) -> Float
}

/// For norms over shared items.
extension PairSums: AccumulatedPair {
    func similarity(_ formula: SimilarityFormula, norms: Double) -> Float { formula.similarity(self, norms: norms) }
}

/// For norms over all items: half the memory of `PairSums`.
struct ProductSum: AccumulatedPair {
    private var product = 0.0
    private(set) var support: Int32 = 0

    @inline(__always)
    mutating func add(_ left: Double, _ right: Double) {
        product += left * right
        support &+= 1
    }

    func similarity(_ formula: SimilarityFormula, norms: Double) -> Float {
        formula.similarity(product: product, norms: norms, support: Double(support))
    }
}
