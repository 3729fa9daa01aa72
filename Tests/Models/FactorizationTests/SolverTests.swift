import Factorization
import LinearAlgebra
import Ratings
import Testing

/// LAPACK and the kernel solve the same equations, so fits agree up to `Float` rounding.
struct SolverTests {
    private static let data = SyntheticFactors(users: 150, items: 110, share: 0.2, seed: 3)

    /// The largest absolute difference of two elements.
    private func distance(_ one: DenseMatrix<Float>, _ other: DenseMatrix<Float>) -> Float {
        zip(one.storage, other.storage).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: [1, 15, 20, 64])
    func `ALS factors agree between solvers`(_ rank: Int) throws {
        let models = try Solver.allCases.map { solver in
            var configuration = ALSConfiguration()
            (configuration.rank, configuration.solver) = (rank, solver)
            return try AlternatingLeastSquares(configuration).fit(Self.data.train)
        }
        let (first, second) = (models[0].parts[0], models[1].parts[0])
        #expect(distance(first.users.vectors, second.users.vectors) < 1e-5)
        #expect(distance(first.items.vectors, second.items.vectors) < 1e-5)
        let errors = models.map { model in Self.data.error { model.prediction(user: $0, item: $1) } }
        #expect(abs(errors[0] - errors[1]) < 1e-4)
    }

    @Test(arguments: [1, 16, 64])
    func `implicit factors agree between solvers`(_ rank: Int) throws {
        let models = try Solver.allCases.map { solver in
            var configuration = ImplicitConfiguration()
            (configuration.rank, configuration.solver) = (rank, solver)
            return try ImplicitALS(configuration).fit(Self.data.train)
        }
        #expect(distance(models[0].users, models[1].users) < 1e-5)
        #expect(distance(models[0].items, models[1].items) < 1e-5)
    }

    /// The random numbers are the same, so the chains stay together until rounding grows.
    @Test func `Bayesian errors agree between solvers`() throws {
        let errors = try Solver.allCases.map { solver in
            var configuration = BayesianConfiguration()
            (configuration.rank, configuration.burnIn, configuration.samples) = (4, 20, 150)
            configuration.solver = solver
            let model = try BayesianFactorization(configuration).fit(Self.data.train)
            return Self.data.error { model.prediction(user: $0, item: $1) }
        }
        #expect(abs(errors[0] - errors[1]) < 0.01)
    }

    /// One `potrf` per row and half-step.
    @Test func `every row is factored once per half-step`() throws {
        var configuration = ALSConfiguration()
        (configuration.rank, configuration.iterations) = (8, 3)
        let before = OperationCounts.current
        _ = try AlternatingLeastSquares(configuration).fit(Self.data.train)
        // Tests run in parallel, so the process may count more.
        #expect(OperationCounts.since(before).lapackFactorizations >= 3 * (150 + 110))
    }
}
