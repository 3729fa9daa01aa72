import LinearAlgebra
import Ratings
import RealModule

/// The equations of a row of feedback against the other side: the same when fitting, folding in and explaining.
///
/// (α₀·FᵀF + Σ c·f·fᵀ + λ_row·I)·w = Σ c·t·f over the row's ratings, f the partner's factors, F those of all partners, t the
/// strength of the rating and c its weight, λ_row = λ·(n + α₀·partners)^ν.
struct ImplicitEquations: Sendable {
    private let configuration: ImplicitConfiguration
    private let scale: RatingScale
    /// c as a function of the rating.
    private let confidence: Feedback
    /// Shape (partners, rank).
    private let features: DenseMatrix<Float>
    /// α₀·FᵀF, its lower triangle.
    private let base: DenseMatrix<Float>

    init(against partners: DenseMatrix<Float>, scale: RatingScale, _ configuration: ImplicitConfiguration) {
        self.configuration = configuration
        self.scale = scale
        var confidence = Feedback()
        confidence.threshold = configuration.feedback.threshold
        confidence.least = 1
        confidence.most = configuration.highestWeight
        self.confidence = confidence
        features = partners
        let root = Float(configuration.unobservedWeight).squareRoot()
        var scaled = DenseMatrix<Float>(rows: partners.rows, columns: partners.columns)
        for row in 0..<partners.rows { scaled.copyRow(row, of: partners, to: row, times: root) }
        var gramian = DenseMatrix<Float>(rows: partners.columns, columns: partners.columns)
        gramian.addGramian(of: scaled)
        base = gramian
    }

    /// The factors of a row; zero for a row without ratings.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return Array(repeating: 0, count: features.columns) }
        assemble(partners, ratings, in: &equations)
        return try equations.solve()
    }

    /// What each rating of a row contributes to its product with `partner`: (fᵀ·A⁻¹·f_j)·c_j·t_j; they sum up to w·f.
    func contributions(
        to partner: Int, of partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !partners.isEmpty else { return [] }
        var equations = NormalEquations(order: features.columns)
        assemble(partners, ratings, in: &equations)
        try equations.factor()
        let weights = equations.solution(of: Array(features.row(partner)))
        return zip(partners, ratings).map { other, rating in
            let (target, weight) = observation(rating)
            return zip(weights, features.row(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * weight * target
        }
    }

    /// λ_row of a row with some ratings.
    func penalty(ratings count: Int) -> Double {
        let frequency = Double(count) + configuration.unobservedWeight * Double(features.rows)
        return configuration.regularization * .pow(frequency, configuration.regularizationExponent)
    }

    /// t and c of a rating.
    func observation(_ rating: Float) -> (target: Float, weight: Float) {
        (configuration.feedback.strength(rating, on: scale), confidence.strength(rating, on: scale))
    }

    private func assemble(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) {
        equations.begin(base: base)
        for (partner, rating) in zip(partners, ratings) {
            let (target, weight) = observation(rating)
            equations.add(features, row: Int(partner), target: target, weight: weight)
        }
        equations.penalize(Float(penalty(ratings: partners.count)))
    }
}
