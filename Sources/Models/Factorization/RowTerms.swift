import LinearAlgebra
import Ratings
import RealModule

/// The terms of a row's normal equations besides the features of its partners.
protocol RowTerms: Sendable {
    /// Whether the last feature of a partner is its bias.
    var areBiased: Bool { get }
    /// What A starts from, of every row with ratings; nil for zero.
    var base: DenseMatrix<Float>? { get }
    var solver: Solver { get }
    /// The target t and the weight ω of a rating.
    func observation(_ rating: Float) -> (target: Float, weight: Float)
    /// Adds Λ of a row with a number of ratings.
    func penalize(_ equations: inout NormalEquations, ratings: Int)
    /// Solves finished equations.
    ///
    /// - Parameter start: where a descent to the solution starts, if it is not exact.
    func solve(_ equations: inout NormalEquations, start: ArraySlice<Float>?) throws(CholeskyError)
    /// The row's part of the penalty: wᵀ·Λ·w.
    func penalty(_ vector: Span<Float>, ratings: Int) -> Double
}

extension RowTerms {
    /// Sums up the equations of a row, from begin to Λ.
    func assemble(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, of vectors: DenseMatrix<Float>,
        in equations: inout NormalEquations
    ) {
        equations.begin(base: base)
        equations.add(partners, of: NormalEquations.Features(vectors: vectors, areBiased: areBiased)) {
            observation(ratings[$0])
        }
        penalize(&equations, ratings: partners.count)
    }

    /// Solves a row; zero for a row without ratings.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, of vectors: DenseMatrix<Float>,
        start: ArraySlice<Float>? = nil, in equations: inout NormalEquations
    ) throws(CholeskyError) {
        guard !partners.isEmpty else { return equations.solveNothing() }
        assemble(partners, ratings, of: vectors, in: &equations)
        try solve(&equations, start: start)
    }
}

/// The terms of explicit ratings: t = r − μ, ω = 1 and Λ diagonal, λ·n^ν for the factors and λ_b·n^ν for the bias.
struct ExplicitTerms: RowTerms {
    let areBiased = true

    let configuration: ALSConfiguration
    /// μ.
    let mean: Float

    var base: DenseMatrix<Float>? { nil }
    var solver: Solver { configuration.solver }

    func observation(_ rating: Float) -> (target: Float, weight: Float) { (rating - mean, 1) }

    func penalize(_ equations: inout NormalEquations, ratings: Int) {
        let growth = growth(ratings)
        let rank = equations.order - 1
        equations.penalize(Float(configuration.regularization * growth), to: rank)
        equations.penalize(Float(configuration.biasRegularization * growth), from: rank)
    }

    func solve(_ equations: inout NormalEquations, start: ArraySlice<Float>?) throws(CholeskyError) {
        guard configuration.isNonnegative else { return try equations.solve() }
        let order = equations.order
        equations.solveNonnegative(order - 1, from: start.map(Array.init) ?? Array(repeating: 0, count: order))
    }

    /// n^ν·(λ·‖factors‖² + λ_b·bias²).
    func penalty(_ vector: Span<Float>, ratings: Int) -> Double {
        let rank = vector.count - 1
        var square = 0.0
        for index in 0..<rank { square += Double(vector[index]) * Double(vector[index]) }
        let bias = Double(vector[rank])
        return growth(ratings)
            * (configuration.regularization * square + configuration.biasRegularization * bias * bias)
    }

    /// n^ν.
    private func growth(_ count: Int) -> Double {
        count == 0 ? 0 : .pow(Double(count), configuration.regularizationExponent)
    }
}

/// The terms of feedback: t is the strength of a rating, ω its weight, and Λ = λ·(n + α₀·partners)^ν·I; every pair, rated
/// or not, adds α₀·f·fᵀ.
struct ImplicitTerms: RowTerms {
    let areBiased = false

    let configuration: ImplicitConfiguration
    /// The number of all partners.
    let partners: Int
    /// α₀·FᵀF, F the features of all partners, padded.
    let base: DenseMatrix<Float>?
    private let observe: FeedbackObservation

    var solver: Solver { configuration.solver }

    /// - Parameter gramian: the full FᵀF.
    init(
        _ configuration: ImplicitConfiguration, scale: RatingScale, gramian: DenseMatrix<Float>, partners: Int
    ) {
        self.configuration = configuration
        self.partners = partners
        observe = FeedbackObservation(configuration, scale)
        var base = DenseMatrix<Float>(rows: gramian.rows, columns: gramian.columns)
        base.add(gramian, times: Float(configuration.unobservedWeight))
        self.base = SymmetricSystem.padded(base)
    }

    func observation(_ rating: Float) -> (target: Float, weight: Float) { observe(rating) }

    func penalize(_ equations: inout NormalEquations, ratings: Int) {
        equations.penalize(Float(configuration.penalty(ratings: ratings, partners: partners)))
    }

    func solve(_ equations: inout NormalEquations, start: ArraySlice<Float>?) throws(CholeskyError) {
        try equations.solve()
    }

    /// λ·(n + α₀·partners)^ν·‖vector‖².
    func penalty(_ vector: Span<Float>, ratings: Int) -> Double {
        var square = 0.0
        for index in 0..<vector.count { square += Double(vector[index]) * Double(vector[index]) }
        return square * configuration.penalty(ratings: ratings, partners: partners)
    }
}
