public import FileOutput
import Foundation
import Privacy
public import Store

/// Counts of ratings that may be published: with noise, so that nobody learns from them whether somebody is in the store.
///
/// With at most C ratings of each user counted, one user changes all counts together by Δ = C, or for genres by C times the most
/// genres of an item. Discrete Laplace noise of scale Δ/ε on each count makes them ε-differentially private. Discrete Gaussian
/// noise of variance σ² = Δ²/2ρ makes them (ε, δ)-differentially private for ε = ρ + 2·√(ρ·ln(1/δ)) (Bun & Steinke 2016,
/// proposition 1.3).
public struct NoisyCounts: Sendable {
    public let view: CountedView
    public let mechanism: BudgetSpending.Mechanism
    public let loss: PrivacyLoss
    /// C.
    public let contributions: Int
    /// Whether counts below 0 are published as 0, which takes nothing from privacy, and adds to the sum of small counts.
    public var isClamped = true

    /// - Throws: `GovernanceError.noise` where the mechanism and δ do not go together, or noise would be beyond all counts.
    public init(
        _ view: CountedView, _ mechanism: BudgetSpending.Mechanism, _ loss: PrivacyLoss, contributions: Int
    ) throws(GovernanceError) {
        guard loss.millionths > 0 else { throw .noise("ε is \(loss.epsilon); it has to be a millionth at least") }
        switch mechanism {
        case .laplace where loss.delta != 0: throw .noise("laplace has no δ, and \(loss.delta) was given")
        case .gaussian where !(loss.delta > 0 && loss.delta < 1):
            throw .noise("δ is \(loss.delta); gaussian needs one above 0 and below 1")
        default: break
        }
        self.view = view
        self.mechanism = mechanism
        self.loss = loss
        self.contributions = contributions
    }

    /// Spends the budget and counts: in this order, so that nothing is counted that is not paid for.
    ///
    /// - Parameters:
    ///   - days: the days that are counted, since 1970; for `.days` alone.
    ///   - generator: unpredictable outside of tests.
    /// - Throws: `StoreError.overBudget` where the budget does not allow it.
    public func publish(
        from store: Store, days: ClosedRange<Int64> = 0...0, now: Int64, actor: String,
        using generator: inout some RandomNumberGenerator
    ) throws -> DataTable {
        let sensitivity = try store.sensitivity(of: view, contributions: contributions)
        let noise = try Noise(mechanism, loss, sensitivity: sensitivity)
        try store.spend(
            BudgetSpending(
                time: now, view: view.rawValue, mechanism: mechanism, loss: loss, contributions: contributions))
        try store.audit("privacy.publish", by: actor, detail: "\(view.rawValue), \(mechanism.rawValue), \(loss)")
        let counts = try store.clippedCounts(view, contributions: contributions, days: days)
        let rows = zip(counts.cells, counts.counts).map { cell, count in
            let noisy = count + noise.sample(using: &generator)
            return [DataTable.Value.text(cell), .integer(isClamped ? max(0, noisy) : noisy)]
        }
        return DataTable(columns: [view.column, "ratings"], rows: rows)
    }

    /// The largest ρ with ρ + 2·√(ρ·ln(1/δ)) ≤ ε: (√(ln(1/δ) + ε) − √ln(1/δ))². For ε = 1 and δ = 10⁻⁶, ρ ≈ 0.017469.
    package static func rho(_ loss: PrivacyLoss) -> Double {
        let logarithm = -log(loss.delta)
        // The difference of the roots without cancellation.
        let difference = loss.epsilon / ((logarithm + loss.epsilon).squareRoot() + logarithm.squareRoot())
        return difference * difference
    }
}

private enum Noise {
    case laplace(DiscreteLaplace)
    case gaussian(DiscreteGaussian)

    /// Beyond it a count says nothing.
    private static let largest = 1e8

    init(_ mechanism: BudgetSpending.Mechanism, _ loss: PrivacyLoss, sensitivity: Int64) throws(GovernanceError) {
        let delta = Double(sensitivity)
        switch mechanism {
        case .laplace:
            guard delta / loss.epsilon <= Self.largest else { throw Self.tooStrong }
            self = .laplace(
                DiscreteLaplace(scale: Fraction(1_000_000 * UInt128(sensitivity), UInt128(loss.millionths))))
        case .gaussian:
            let variance = delta * delta / (2 * NoisyCounts.rho(loss))
            // In sixteenths, upwards: no less noise than was asked for, rounding of the formula included.
            let sixteenths = (16 * variance * (1 + 1e-9)).rounded(.up)
            guard sixteenths <= 0x1p36 else { throw Self.tooStrong }
            self = .gaussian(DiscreteGaussian(variance: Fraction(UInt128(sixteenths), 16)))
        }
    }

    private static let tooStrong = GovernanceError.noise(
        "the noise would be beyond all counts; give a larger ε, or let fewer ratings of each user count")

    func sample(using generator: inout some RandomNumberGenerator) -> Int64 {
        switch self {
        case .laplace(let noise): noise.sample(using: &generator)
        case .gaussian(let noise): noise.sample(using: &generator)
        }
    }
}
