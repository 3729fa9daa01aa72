/// The ranges of options: what a check allows and `--help` says.
///
/// The ends are far beyond any use and near enough that no count, sum or duration made of them overflows.
package enum OptionRange {
    package static let threads = 1...1024
    package static let rank = 1...512
    /// Rounds of a solver.
    package static let iterations = 1...10_000
    /// Restarts of a model or of community detection.
    package static let restarts = 1...1_000
    /// Gibbs sweeps that are averaged.
    package static let samples = 2...100_000
    package static let burnIn = 0...100_000
    /// λ where 0 is allowed.
    package static let regularization = 0.0...1e9
    /// λ of a closed form, which needs one.
    package static let ridge = 1e-9...1e9
    /// ν of a power of a count.
    package static let exponent = 0.0...1.0
    package static let popularityExponent = 0.0...10.0
    /// The held-out share that chooses the number of iterations.
    package static let validation = 0.0...0.99
    /// The weight of pairs without a rating.
    package static let unobservedWeight = 1e-9...1e9
    package static let highestWeight = 0.0...1e6
    package static let alpha = 1e-9...1e9
    /// The strength of the lowest rating as a like.
    package static let least = -1_000.0...1.0
    /// The strength of the highest rating as a like.
    package static let most = 1.0...1_000.0
    package static let neighbors = 1...1_000_000
    /// Items that two users have both rated.
    package static let support = 1...1_000_000
    package static let similarity: ClosedRange<Float> = 0...1
    /// β and δ, which are added to a support and to a sum of similarities.
    package static let shrinkage = 0.0...1e9
    /// ρ of a power of a similarity.
    package static let amplification = 0.001...1_000.0
    /// γ of modularity.
    package static let resolution = 1e-6...1e6
    /// A share that is held out, which leaves something on both sides.
    package static let share = 0.001...0.999
    /// Trials of tuning.
    package static let trials = 1...10_000
    package static let memoryLimit = 1...1 << 50
}

extension ClosedRange where Bound: CustomStringConvertible {
    /// Throws unless a value is in the range; NaN is in none.
    ///
    /// - Parameter failure: makes the error of the option's name, its value and the range.
    package func check<Failure>(
        _ option: String, _ value: Bound, _ failure: (_ option: String, _ value: String, _ range: String) -> Failure
    ) throws(Failure) {
        if !contains(value) { throw failure(option, "\(value)", words) }
    }

    /// The range as help and errors say it: `1 to 10,000`.
    package var words: String { "\(Self.text(lowerBound)) to \(Self.text(upperBound))" }

    /// Whole numbers in groups of three digits, others in the fewest digits.
    private static func text(_ bound: Bound) -> String {
        let text = "\(bound)"
        guard let number = Double(text), number == number.rounded(), abs(number) < 1e16 else { return text }
        let digits = String(Int64(abs(number)))
        let groups = stride(from: digits.count, to: 0, by: -3).map { digits.prefix($0).suffix(3) }
        return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }
}
