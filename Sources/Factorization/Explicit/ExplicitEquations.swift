import LinearAlgebra
import Ratings
import RealModule

/// The equations of a row of explicit ratings against the other side: the same when fitting, folding in and explaining.
///
/// (Σ x·xᵀ + Λ)·w = Σ t·x with x = (partner's factors, 1), w = (own factors, own bias), t = r − μ − partner's bias, and in Λ
/// λ·n^ν for the factors and λ_b·n^ν for the bias.
struct ExplicitEquations: Sendable {
    let configuration: ALSConfiguration
    let mean: Float
    /// Shape (partners, rank + 1).
    private let features: DenseMatrix<Float>
    private let biases: [Float]

    var order: Int { features.columns }

    init(against partners: Factors, mean: Float, _ configuration: ALSConfiguration) {
        self.configuration = configuration
        self.mean = mean
        features = partners.features
        biases = partners.biases
    }

    /// The factors and behind them the bias of a row; zero for a row without ratings.
    ///
    /// - Parameter start: where the descent to a non-negative solution begins.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, start: [Float]? = nil,
        in equations: inout NormalEquations
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return Array(repeating: 0, count: order) }
        assemble(partners, ratings, in: &equations)
        guard configuration.isNonnegative else { return try equations.solve() }
        return equations.solveNonnegative(order - 1, from: start ?? Array(repeating: 0, count: order))
    }

    /// What each rating of a row contributes to its product with `partner`: they sum up to w·x.
    ///
    /// w·x = Σ_j (xᵀ·A⁻¹·x_j)·t_j, for w = A⁻¹·Σ_j t_j·x_j.
    func contributions(
        to partner: Int, of partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return [] }
        var equations = NormalEquations(order: order)
        if configuration.isNonnegative {
            // On the factors that are not held at 0 the solution is that of the plain equations.
            let solution = try solve(partners, ratings, in: &equations)
            assemble(partners, ratings, in: &equations)
            equations.hold(solution.indices.map { $0 < order - 1 && solution[$0] == 0 })
        } else {
            assemble(partners, ratings, in: &equations)
        }
        try equations.factor()
        let weights = equations.solution(of: Array(features.row(partner)))
        return zip(partners, ratings).map { other, rating in
            zip(weights, features.row(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * target(Int(other), rating)
        }
    }

    /// n^ν.
    static func growth(_ count: Int, _ exponent: Double) -> Double {
        count == 0 ? 0 : .pow(Double(count), exponent)
    }

    private func assemble(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) {
        equations.begin()
        for (partner, rating) in zip(partners, ratings) {
            equations.add(features, row: Int(partner), target: target(Int(partner), rating))
        }
        let growth = Self.growth(partners.count, configuration.regularizationExponent)
        equations.penalize(Float(configuration.regularization * growth), to: order - 1)
        equations.penalize(Float(configuration.biasRegularization * growth), from: order - 1)
    }

    private func target(_ partner: Int, _ rating: Float) -> Float { rating - mean - biases[partner] }
}
