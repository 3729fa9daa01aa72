import LinearAlgebra
import Ratings
import RealModule

/// The normal equations of a row of feedback, shared by fit, fold-in and explanation.
///
/// (α₀·FᵀF + Σ c·f·fᵀ + λ_row·I)·w = Σ c·t·f over the row's ratings, with f the partner's factors, F those of all
/// partners, t the strength of the rating, c its weight and λ_row = λ·(n + α₀·partners)^ν.
struct ImplicitEquations: Sendable {
    private let configuration: ImplicitConfiguration
    /// t and c as functions of the rating.
    private let strength: FeedbackStrength
    private let confidence: FeedbackStrength
    private let features: NormalEquations.Features
    /// α₀·FᵀF.
    private let base: DenseMatrix<Float>

    /// - Parameter gramian: the full FᵀF, if already known.
    init(
        against partners: DenseMatrix<Float>, gramian: DenseMatrix<Float>? = nil, scale: RatingScale,
        _ configuration: ImplicitConfiguration
    ) {
        self.configuration = configuration
        var confidence = Feedback()
        confidence.threshold = configuration.feedback.threshold
        confidence.least = 1
        confidence.most = configuration.highestWeight
        strength = FeedbackStrength(configuration.feedback, scale)
        self.confidence = FeedbackStrength(confidence, scale)
        features = NormalEquations.Features(vectors: partners, areBiased: false)
        var base = DenseMatrix<Float>(rows: partners.columns, columns: partners.columns)
        base.add(gramian ?? partners.gramian(threads: 1), times: Float(configuration.unobservedWeight))
        self.base = base
    }

    /// Solves for the factors of a row; zero for a row without ratings.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) throws(CholeskyError) {
        guard !partners.isEmpty else { return equations.solveNothing() }
        assemble(partners, ratings, in: &equations)
        try equations.solve()
    }

    /// The contribution of each rating of a row to its product with `partner`: (fᵀ·A⁻¹·f_j)·c_j·t_j; they add up to
    /// w·f.
    func contributions(
        to partner: Int, of partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return [] }
        var equations = NormalEquations(order: features.vectors.columns, solver: configuration.solver)
        assemble(partners, ratings, in: &equations)
        try equations.factor()
        let weights = equations.solution(of: Array(features.vectors.row(partner)))
        return zip(partners, ratings).map { other, rating in
            let (target, weight) = observation(rating)
            return zip(weights, features.vectors.row(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * weight * target
        }
    }

    /// t and c of a rating.
    func observation(_ rating: Float) -> (target: Float, weight: Float) {
        (strength(rating), confidence(rating))
    }

    private func assemble(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) {
        equations.begin(base: base)
        equations.add(partners, of: features) { observation(ratings[$0]) }
        equations.penalize(
            Float(configuration.penalty(ratings: partners.count, partners: features.vectors.rows)))
    }
}

extension ImplicitConfiguration {
    /// λ_row of a row with a number of ratings.
    func penalty(ratings count: Int, partners: Int) -> Double {
        regularization * .pow(Double(count) + unobservedWeight * Double(partners), regularizationExponent)
    }
}
