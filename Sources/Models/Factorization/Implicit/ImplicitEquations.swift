import LinearAlgebra
import Ratings
import RealModule

/// The normal equations of a row of feedback, shared by fit, fold-in and explanation.
///
/// (α₀·FᵀF + Σ c·f·fᵀ + λ_row·I)·w = Σ c·t·f over the row's ratings, with f the partner's factors, F those of all
/// partners, t the strength of the rating, c its weight and λ_row = λ·(n + α₀·partners)^ν.
struct ImplicitEquations: Sendable {
    private let terms: ImplicitTerms
    /// The factors F of the partners, shape (partners, rank).
    private let partners: DenseMatrix<Float>

    init(against partners: DenseMatrix<Float>, scale: RatingScale, _ configuration: ImplicitConfiguration) {
        terms = ImplicitTerms(
            configuration, scale: scale, gramian: partners.gramian(threads: 1), partners: partners.rows)
        self.partners = partners
    }

    /// Solves for the factors of a row; zero for a row without ratings.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, in equations: inout NormalEquations
    ) throws(CholeskyError) {
        try terms.solve(partners, ratings, of: self.partners, in: &equations)
    }

    /// The contribution of each rating of a row to its product with `partner`: (fᵀ·A⁻¹·f_j)·c_j·t_j; they add up to
    /// w·f.
    func contributions(
        to partner: Int, of others: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !others.isEmpty else { return [] }
        var equations = NormalEquations(order: partners.columns, solver: terms.solver)
        terms.assemble(others, ratings, of: partners, in: &equations)
        try equations.factor()
        let weights = equations.solution(of: Array(partners.row(partner)))
        return zip(others, ratings).map { other, rating in
            let (target, weight) = terms.observation(rating)
            return zip(weights, partners.row(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * weight * target
        }
    }
}

extension ImplicitConfiguration {
    /// λ_row of a row with a number of ratings.
    func penalty(ratings count: Int, partners: Int) -> Double {
        regularization * .pow(Double(count) + unobservedWeight * Double(partners), regularizationExponent)
    }
}
