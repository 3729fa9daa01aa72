/// ε and δ of differential privacy. Losses add up: answers of (ε₁, δ₁) and (ε₂, δ₂) together are (ε₁ + ε₂, δ₁ + δ₂)-differentially
/// private (basic composition: Dwork & Roth 2014, theorem 3.16).
public struct PrivacyLoss: Sendable, Equatable, Codable, CustomStringConvertible {
    /// ε in millionths, so that sums are exact.
    public var millionths: Int64
    public var delta: Double

    public init(millionths: Int64, delta: Double = 0) {
        self.millionths = millionths
        self.delta = delta
    }

    /// - Parameter epsilon: rounded to millionths.
    public init(epsilon: Double, delta: Double = 0) {
        self.init(millionths: Int64((epsilon * 1e6).rounded()), delta: delta)
    }

    public var epsilon: Double { Double(millionths) / 1e6 }

    public static func + (a: PrivacyLoss, b: PrivacyLoss) -> PrivacyLoss {
        PrivacyLoss(millionths: a.millionths + b.millionths, delta: a.delta + b.delta)
    }

    /// Whether it is no more than another. Sums of δ may be off by their rounding.
    public func fits(in total: PrivacyLoss) -> Bool {
        millionths <= total.millionths && delta <= total.delta * (1 + 1e-9)
    }

    /// Such as `ε 0.5`, or `ε 0.5, δ 1e-06`.
    public var description: String { "ε \(epsilon)" + (delta == 0 ? "" : ", δ \(delta)") }
}
