import LinearAlgebra
public import Ratings
import RealModule

/// Explicit matrix factorization by alternating least squares, biases inside the normal equations.
///
/// r̂_ui = μ + b_u + b_i + p_u·q_i. With one side fixed, the row of the other solves (Σ x·xᵀ + Λ)·w = Σ t·x over its n
/// ratings: x = (partner's factors, 1), w = (own factors, own bias), t = r − μ − partner's bias, and Λ holds λ·n^ν for the
/// factors and λ_b·n^ν for the bias. Each half-step minimizes the loss over one side, so the loss never rises. A row
/// without ratings is zero.
///
/// - Complexity: O(iterations · (ratings · rank² + rows · rank³)) time over the threads; O((users + items) · rank) memory.
///
/// Source: Zhou, Wilkinson, Schreiber & Pan 2008, doi:10.1007/978-3-540-68880-8_32. Where we differ: biases are coordinates of
/// the same equations, and the regularization grows with n^ν instead of n unless ν = 1.
public struct AlternatingLeastSquares: Sendable {
    public let configuration: ALSConfiguration

    /// - Throws: `FactorizationError` where the configuration is out of range.
    public init(_ configuration: ALSConfiguration = ALSConfiguration()) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// - Parameter progress: told of each half-step that is done, counted from 1, with the loss after it.
    public func fit(
        _ ratings: RatingMatrix, progress: ((_ halfStep: Int, _ loss: Double) -> Void)? = nil
    ) throws(FactorizationError) -> FactorModel {
        guard ratings.count > 0 else { throw .noRatings }
        var generator = SeededGenerator(seed: configuration.seed)
        let byUser = ratings.byUser
        let byItem = byUser.transposed()
        let mean = Float(byUser.values.reduce(0) { $0 + Double($1) } / Double(ratings.count))
        var users = Factors(rows: byUser.rows, rank: configuration.rank, using: &generator)
        var items = Factors(rows: byItem.rows, rank: configuration.rank, using: &generator)
        for iteration in 1...configuration.iterations {
            users = try halfStep(byUser, against: items, mean: mean, side: "user")
            progress?(2 * iteration - 1, loss(byUser, mean, users, items))
            items = try halfStep(byItem, against: users, mean: mean, side: "item")
            progress?(2 * iteration, loss(byUser, mean, users, items))
            guard users.areFinite && items.areFinite else { throw .notFinite(iteration: iteration) }
        }
        return FactorModel(mean: mean, users: users, items: items, scale: RatingScale(of: ratings))
    }

    /// Solves every row of one side against the other: the one function behind both half-steps.
    ///
    /// - Parameter matrix: the ratings with the solved side as rows.
    private func halfStep(
        _ matrix: SparseMatrix<Float>, against partners: Factors, mean: Float, side: String
    ) throws(FactorizationError) -> Factors {
        // Chunks are fixed, so the threads do not show; what failed first by row is what is reported.
        let chunkRows = 64
        let chunks = Parallel.map((matrix.rows + chunkRows - 1) / chunkRows, threads: configuration.threads) { chunk in
            let rows = chunk * chunkRows..<min((chunk + 1) * chunkRows, matrix.rows)
            return solve(rows, matrix, partners, mean, side)
        }
        var vectors = DenseMatrix<Float>(rows: matrix.rows, columns: configuration.rank)
        var biases = [Float](repeating: 0, count: matrix.rows)
        var row = 0
        for chunk in chunks {
            for solution in try chunk.get() {
                for factor in 0..<configuration.rank { vectors[row, factor] = solution[factor] }
                biases[row] = solution[configuration.rank]
                row += 1
            }
        }
        return Factors(vectors: vectors, biases: biases)
    }

    /// The solutions of some rows, factors and behind them the bias.
    private func solve(
        _ rows: Range<Int>, _ matrix: SparseMatrix<Float>, _ partners: Factors, _ mean: Float, _ side: String
    ) -> Result<[[Float]], FactorizationError> {
        var equations = NormalEquations(order: configuration.rank + 1)
        var solutions: [[Float]] = []
        for row in rows {
            let entries = matrix.entries(ofRow: row)
            guard !entries.isEmpty else {
                solutions.append(Array(repeating: 0, count: configuration.rank + 1))
                continue
            }
            for entry in entries {
                let partner = Int(matrix.columnIndices[entry])
                equations.add(
                    partners.vectors, row: partner,
                    target: matrix.values[entry] - mean - partners.biases[partner])
            }
            let growth = scale(of: entries.count)
            do throws(CholeskyError) {
                solutions.append(
                    try equations.solve(
                        factorPenalty: Float(configuration.regularization * growth),
                        biasPenalty: Float(configuration.biasRegularization * growth)))
            } catch {
                switch error {
                case .notPositiveDefinite(let minor):
                    return .failure(.notPositiveDefinite(side: side, row: row, minor: minor))
                }
            }
        }
        return .success(solutions)
    }

    /// n^ν; a row without ratings has nothing to regularize.
    private func scale(of count: Int) -> Double {
        count == 0 ? 0 : .pow(Double(count), configuration.regularizationExponent)
    }

    /// Σ (r − r̂)² + Σ n^ν·(λ·‖factors‖² + λ_b·bias²) over both sides.
    private func loss(
        _ byUser: SparseMatrix<Float>, _ mean: Float, _ users: Factors, _ items: Factors
    ) -> Double {
        var loss = 0.0
        var itemCounts = [Int](repeating: 0, count: byUser.columns)
        for user in 0..<byUser.rows {
            for entry in byUser.entries(ofRow: user) {
                let item = Int(byUser.columnIndices[entry])
                itemCounts[item] += 1
                let error = Double(byUser.values[entry]) - score(mean, users, user, items, item)
                loss += error * error
            }
            loss += penalty(users, user, count: byUser.entries(ofRow: user).count)
        }
        for item in 0..<byUser.columns { loss += penalty(items, item, count: itemCounts[item]) }
        return loss
    }

    private func penalty(_ factors: Factors, _ row: Int, count: Int) -> Double {
        let square = factors.vectors.row(row).reduce(0) { $0 + Double($1) * Double($1) }
        let bias = Double(factors.biases[row])
        return scale(of: count)
            * (configuration.regularization * square + configuration.biasRegularization * bias * bias)
    }
}
