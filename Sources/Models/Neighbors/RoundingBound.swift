/// How far a similarity whose sums were rounded on the way may be from the one that is summed in `Double`.
///
/// |ŝ − s| ≤ γ_{m+8} for vectors of length 1 that are rounded to `Float` and multiplied in it, m the number of shared items:
/// γ_n = n·u/(1 − n·u), u = 2⁻²⁴. Each product carries the roundings of its two factors and its own, and those of at most m − 1
/// additions, in whatever order they come: ŝ = Σ x·y·(1 + θ) with |θ| ≤ γ_{m+2}, and Σ |x·y| ≤ ‖x‖·‖y‖ = 1 (Cauchy–Schwarz).
/// The other six units are for norms, shrinkage, and the two similarities' own rounding to `Float`.
///
/// Sums in `Double` are as far apart by the same rule, u = 2⁻⁵³, once for the product and once for the norms over shared items,
/// and both similarities are rounded to `Float`: 2·γ_{m+8} + 2⁻²³.
///
/// 100 shared items in `Float`: 108·2⁻²⁴ / (1 − 108·2⁻²⁴) ≈ 6.437343e-06.
///
/// Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", sections 3.1 and 3.3.
package enum RoundingBound {
    case float
    case double

    /// - Parameter shared: the most items that two users share.
    package func callAsFunction(shared: Int) -> Double {
        switch self {
        case .float: Self.gamma(shared + 8, 0x1p-24)
        case .double: 2 * Self.gamma(shared + 8, 0x1p-53) + 0x1p-23
        }
    }

    private static func gamma(_ count: Int, _ unit: Double) -> Double {
        let product = Double(count) * unit
        return product < 1 ? product / (1 - product) : .infinity
    }
}
