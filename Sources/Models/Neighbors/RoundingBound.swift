/// A bound of the rounding error of a similarity, relative to the one summed in `Double`.
///
/// |ŝ − s| ≤ γ_{m+8} for unit vectors rounded to and multiplied in `Float`, with m shared items:
/// γ_n = n·u/(1 − n·u), u = 2⁻²⁴. Each product carries the roundings of its two factors, its own, and those of at most
/// m − 1 additions, in any order: ŝ = Σ x·y·(1 + θ) with |θ| ≤ γ_{m+2}, and Σ |x·y| ≤ ‖x‖·‖y‖ = 1 (Cauchy–Schwarz). The
/// other six units cover norms, shrinkage, and the rounding of both similarities to `Float`.
///
/// For sums in `Double` the same rule holds with u = 2⁻⁵³, once for the product and once for the norms over shared
/// items, and both similarities are rounded to `Float`: 2·γ_{m+8} + 2⁻²³.
///
/// 100 shared items in `Float`: 108·2⁻²⁴ / (1 − 108·2⁻²⁴) ≈ 6.437343e-06.
///
/// Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", sections 3.1 and 3.3.
package enum RoundingBound {
    case float
    case double

    /// - Parameter shared: the maximum number of items two users share.
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
