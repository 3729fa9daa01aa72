import LinearAlgebra

/// The normal equations of a row of explicit ratings, shared by fit, fold-in and explanation.
///
/// (Σ x·xᵀ + Λ)·w = Σ t·x with x = (partner's factors, 1), w = (own factors, own bias), t = r − μ − partner's bias, and
/// Λ diagonal with λ·n^ν for the factors and λ_b·n^ν for the bias.
struct ExplicitEquations: Sendable {
    private let terms: ExplicitTerms
    /// Factors and biases of the partners, shape (partners, order).
    private let partners: DenseMatrix<Float>

    var order: Int { partners.columns }

    /// - Parameter partners: factors, then a bias, shape (partners, order).
    init(against partners: DenseMatrix<Float>, mean: Float, _ configuration: ALSConfiguration) {
        terms = ExplicitTerms(configuration: configuration, mean: mean)
        self.partners = partners
    }

    /// Solves for the factors, then the bias, of a row; zero for a row without ratings.
    ///
    /// - Parameter start: the start of the descent to a non-negative solution.
    func solve(
        _ partners: ArraySlice<Int32>, _ ratings: ArraySlice<Float>, start: ArraySlice<Float>? = nil,
        in equations: inout NormalEquations
    ) throws(CholeskyError) {
        try terms.solve(partners, ratings, of: self.partners, start: start, in: &equations)
    }

    /// The contribution of each rating of a row to its product with `partner`; they add up to w·x.
    ///
    /// w·x = Σ_j (xᵀ·A⁻¹·x_j)·t_j, for w = A⁻¹·Σ_j t_j·x_j.
    func contributions(
        to partner: Int, of others: ArraySlice<Int32>, _ ratings: ArraySlice<Float>
    ) throws(CholeskyError) -> [Float] {
        guard !others.isEmpty else { return [] }
        var equations = NormalEquations(order: order, solver: terms.solver)
        var target = vector(partner)
        if terms.configuration.isNonnegative {
            // For factors not fixed at 0, the solution is that of the plain equations.
            try solve(others, ratings, in: &equations)
            let solution = equations.solution
            let isHeld = solution.indices.map { $0 < order - 1 && solution[$0] == 0 }
            terms.assemble(others, ratings, of: partners, in: &equations)
            equations.hold(isHeld)
            for index in target.indices where isHeld[index] { target[index] = 0 }
        } else {
            terms.assemble(others, ratings, of: partners, in: &equations)
        }
        try equations.factor()
        let weights = equations.solution(of: target)
        return zip(others, ratings).map { other, rating in
            let surprise = rating - terms.mean - partners[Int(other), order - 1]
            return zip(weights, vector(Int(other))).reduce(0) { $0 + $1.0 * $1.1 } * surprise
        }
    }

    /// (partner's factors, 1).
    private func vector(_ partner: Int) -> [Float] { partners.row(partner).dropLast() + [1] }
}
