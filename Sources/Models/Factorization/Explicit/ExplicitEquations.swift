import LinearAlgebra
import Ratings
import RealModule

/// The normal equations of a row of explicit ratings, shared by fit, fold-in and explanation.
///
/// (Σ x·xᵀ + Λ)·w = Σ t·x with x = (partner's factors, 1), w = (own factors, own bias), t = r − μ − partner's bias, and
/// Λ diagonal with λ·n^ν for the factors and λ_b·n^ν for the bias.
struct ExplicitEquations: Sendable {
    let configuration: ALSConfiguration
    let mean: Float
    /// Factors and biases of the partners.
    private let features: NormalEquations.Features

    var order: Int { features.vectors.columns }

    /// - Parameter partners: factors, then a bias, shape (partners, order).
    init(against partners: DenseMatrix<Float>, mean: Float, _ configuration: ALSConfiguration) {
        self.configuration = configuration
        self.mean = mean
        features = NormalEquations.Features(vectors: partners, areBiased: true)
    }

    /// Solves for the factors, then the bias, of a row; zero for a row without ratings.
    ///
    /// - Parameter start: the start of the descent to a non-negative solution.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, start: ArraySlice<Float>? = nil,
        in equations: inout NormalEquations
    ) throws(CholeskyError) {
        guard !partners.isEmpty else { return equations.solveNothing() }
        assemble(partners, ratings, in: &equations)
        guard configuration.isNonnegative else { return try equations.solve() }
        equations.solveNonnegative(order - 1, from: start.map(Array.init) ?? Array(repeating: 0, count: order))
    }

    /// The contribution of each rating of a row to its product with `partner`; they add up to w·x.
    ///
    /// w·x = Σ_j (xᵀ·A⁻¹·x_j)·t_j, for w = A⁻¹·Σ_j t_j·x_j.
    func contributions(
        to partner: Int, of partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return [] }
        var equations = NormalEquations(order: order, solver: configuration.solver)
        var target = vector(partner)
        if configuration.isNonnegative {
            // For factors not fixed at 0, the solution is that of the plain equations.
            try solve(partners, ratings, in: &equations)
            let solution = equations.solution
            let isHeld = solution.indices.map { $0 < order - 1 && solution[$0] == 0 }
            assemble(partners, ratings, in: &equations)
            equations.hold(isHeld)
            for index in target.indices where isHeld[index] { target[index] = 0 }
        } else {
            assemble(partners, ratings, in: &equations)
        }
        try equations.factor()
        let weights = equations.solution(of: target)
        return zip(partners, ratings).map { other, rating in
            let surprise = rating - mean - features.vectors[Int(other), order - 1]
            return zip(weights, vector(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * surprise
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
        equations.add(partners, of: features) { (ratings[$0] - mean, 1) }
        let growth = Self.growth(partners.count, configuration.regularizationExponent)
        equations.penalize(Float(configuration.regularization * growth), to: order - 1)
        equations.penalize(Float(configuration.biasRegularization * growth), from: order - 1)
    }

    /// (partner's factors, 1).
    private func vector(_ partner: Int) -> [Float] { features.vectors.row(partner).dropLast() + [1] }
}
