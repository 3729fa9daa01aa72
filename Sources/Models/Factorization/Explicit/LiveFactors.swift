import LinearAlgebra
public import Ratings

/// Factors that follow changing ratings: `FactorModel` by the numbers of `MutableRatings`, row by row.
///
/// After a batch the rows of changed items and then of changed users are solved again, one half-step each: a solved row is
/// the solution of its `ExplicitEquations` with the other side fixed, as in a fit. Other rows, and μ, stay until the next
/// fit. So a new item has factors after its first ratings, and a new user after theirs; before that they contribute
/// nothing, as in `FactorModel`. Two that are new to each other get biases alone, and factors with their next ratings.
///
/// - Complexity: O(ratings of the changed rows · rank² + changed rows · rank³) time for a batch and each restart, divided by
///   the threads; O((users + items) · rank) memory.
public struct LiveFactors: Sendable {
    /// The configuration of the fit, whose regularization the rows share.
    public let configuration: ALSConfiguration
    /// μ, the mean of the ratings that the factors were fitted to.
    public let mean: Float
    /// One per restart.
    private var parts: [Part]

    fileprivate struct Part: Sendable {
        /// Factors, then the bias, of each number.
        var users: GrowingRows
        var items: GrowingRows
    }

    /// Factors without users and items: biases alone, until a fit.
    ///
    /// - Parameter mean: μ, such as the middle of the scale.
    public init(_ configuration: ALSConfiguration, mean: Float) {
        self.configuration = configuration
        self.mean = mean
        let rows = GrowingRows(columns: configuration.rank + 1)
        parts = Array(repeating: Part(users: rows, items: rows), count: configuration.restarts)
    }

    /// The factors of a fitted model.
    ///
    /// - Parameters:
    ///   - users: the number of the user of each row, as `MutableRatings.matrix()` has them.
    ///   - items: likewise.
    public init(_ model: FactorModel, users: [Int32], items: [Int32]) {
        configuration = model.configuration
        mean = model.mean
        parts = model.parts.map { part in
            Part(
                users: GrowingRows(part.users.augmented, at: users),
                items: GrowingRows(part.items.augmented, at: items))
        }
    }

    // MARK: - Following

    /// Solves the rows of changed items, then those of changed users.
    ///
    /// - Parameters:
    ///   - users: the numbers of those whose ratings changed, in one or several batches.
    ///   - items: likewise.
    ///   - ratings: after the changes, settled.
    ///   - threads: the factors do not depend on it.
    /// - Throws: `FactorizationError` if a row has no solution or it is not finite.
    public mutating func follow(
        users: [Int32], items: [Int32], of ratings: MutableRatings, threads: Int = 1
    ) throws(FactorizationError) {
        let items = Rows("item", items) { ratings.users(of: $0) }
        let users = Rows("user", users) { ratings.items(of: $0) }
        for index in parts.indices {
            parts[index].users.grow(to: ratings.users.count)
            parts[index].items.grow(to: ratings.items.count)
            let solvedItems = try solve(items, from: parts[index].items, against: parts[index].users, threads)
            parts[index].items.replace(items.numbers, with: solvedItems)
            let solvedUsers = try solve(users, from: parts[index].users, against: parts[index].items, threads)
            parts[index].users.replace(users.numbers, with: solvedUsers)
        }
    }

    /// The same for the changes of a batch.
    public mutating func follow(
        _ changes: RatingChanges, of ratings: MutableRatings, threads: Int = 1
    ) throws(FactorizationError) {
        try follow(users: changes.users, items: changes.items, of: ratings, threads: threads)
    }

    /// Rows to solve, by place in the batch.
    private struct Rows {
        /// `user` or `item`.
        let side: String
        let numbers: [Int32]
        /// The ratings of row i are at `offsets[i]..<offsets[i + 1]`.
        private(set) var offsets = [0]
        private(set) var partners: [Int32] = []
        private(set) var values: [Float] = []

        init(_ side: String, _ numbers: [Int32], _ entries: (_ number: Int) -> [MutableRatings.Entry]) {
            self.side = side
            self.numbers = numbers
            for number in numbers {
                let row = entries(Int(number))
                partners.append(contentsOf: row.lazy.map(\.number))
                values.append(contentsOf: row.lazy.map(\.value))
                offsets.append(values.count)
            }
        }
    }

    /// The solutions of rows, in their order.
    private func solve(
        _ rows: Rows, from start: GrowingRows, against partners: GrowingRows, _ threads: Int
    ) throws(FactorizationError) -> DenseMatrix<Float> {
        let equations = ExplicitEquations(against: partners.matrix, mean: mean, configuration)
        var solutions = DenseMatrix<Float>(rows: rows.numbers.count, columns: configuration.rank + 1)
        let step = HalfStep(
            side: rows.side, rowOffsets: rows.offsets, order: solutions.columns, solver: configuration.solver,
            threads: threads)
        do throws(FactorizationError) {
            _ = try step.solve(into: &solutions) { row, workspace throws(CholeskyError) in
                let entries = rows.offsets[row]..<rows.offsets[row + 1]
                try equations.solve(
                    rows.partners[entries], rows.values[entries], start: start.matrix.row(Int(rows.numbers[row])),
                    in: &workspace)
            }
        } catch .notPositiveDefinite(let side, let row, let minor) {
            throw .notPositiveDefinite(side: side, row: Int(rows.numbers[row]), minor: minor)
        }
        guard solutions.storage.allSatisfy(\.isFinite) else { throw .notFinite(iteration: 1) }
        return solutions
    }

    // MARK: - Answers

    /// μ + b_u + b_i + p_u·q_i, averaged over the restarts and not clamped; those without ratings contribute nothing.
    public func expectation(user: Int, item: Int) -> Double {
        let sum = parts.reduce(0.0) { $0 + $1.product(user, item) }
        return Double(mean) + sum / Double(parts.count)
    }

    /// b_u + b_i + p_u·q_i of every item number, averaged over the restarts, ordered like the expectations.
    public func scores(user: Int) -> [Float] {
        var scores = [Float](repeating: 0, count: parts[0].items.count)
        for part in parts {
            for (item, score) in part.scores(user).enumerated() { scores[item] += score / Float(parts.count) }
        }
        return scores
    }

    /// The factors as a model of a matrix.
    ///
    /// - Parameters:
    ///   - users: the number of the user of each row, as `MutableRatings.matrix()` has them.
    ///   - items: likewise.
    ///   - scale: predictions are clamped to it.
    public func model(users: [Int32], items: [Int32], scale: RatingScale?) -> FactorModel {
        let parts = parts.map { part in
            FactorModel.Part(
                users: Factors(augmented: part.users.matrix(at: users)),
                items: Factors(augmented: part.items.matrix(at: items)))
        }
        return FactorModel(mean: mean, parts: parts, configuration: configuration, scale: scale)
    }
}

extension LiveFactors.Part {
    /// b_u + b_i + p_u·q_i, summed in `Double`.
    fileprivate func product(_ user: Int, _ item: Int) -> Double {
        let rank = users.matrix.columns - 1
        var sum = 0.0
        let (own, other) = (users.row(user), items.row(item))
        if let own { sum += Double(own[own.startIndex + rank]) }
        if let other { sum += Double(other[other.startIndex + rank]) }
        guard let own, let other else { return sum }
        for factor in 0..<rank {
            sum += Double(own[own.startIndex + factor]) * Double(other[other.startIndex + factor])
        }
        return sum
    }

    /// Of every item number; a user without a row has biases alone.
    fileprivate func scores(_ user: Int) -> [Float] {
        let own = users.row(user) ?? ArraySlice(repeating: 0, count: users.matrix.columns)
        var scores = [Float](repeating: 0, count: items.count)
        var span = scores.mutableSpan
        items.matrix.products(ofRows: Array(0..<Int32(items.count))[...], with: own, isBiased: true, into: &span)
        return scores
    }
}

/// Rows by number that grow in number; rows that were never written are zero.
fileprivate struct GrowingRows: Sendable {
    /// The numbers so far.
    private(set) var count = 0
    /// At least `count` rows.
    private(set) var matrix: DenseMatrix<Float>

    init(columns: Int) { matrix = DenseMatrix(rows: 0, columns: columns) }

    /// Rows of a matrix under the given numbers.
    init(_ rows: DenseMatrix<Float>, at numbers: [Int32]) {
        precondition(rows.rows == numbers.count, "one number per row")
        self.init(columns: rows.columns)
        grow(to: Int(numbers.max() ?? -1) + 1)
        replace(numbers, with: rows)
    }

    /// The rows of the given numbers, zero beyond `count`.
    func matrix(at numbers: [Int32]) -> DenseMatrix<Float> {
        let zeros = ArraySlice<Float>(repeating: 0, count: matrix.columns)
        return DenseMatrix(
            rows: numbers.count, columns: matrix.columns, elements: numbers.flatMap { row(Int($0)) ?? zeros })
    }

    /// nil beyond `count`.
    func row(_ number: Int) -> ArraySlice<Float>? { number < count ? matrix.row(number) : nil }

    /// Makes room by a quarter more than is needed, so that rows are rarely moved.
    mutating func grow(to count: Int) {
        self.count = max(self.count, count)
        guard count > matrix.rows else { return }
        let rows = count + count / 4 + 16
        let more = [Float](repeating: 0, count: (rows - matrix.rows) * matrix.columns)
        matrix = DenseMatrix(rows: rows, columns: matrix.columns, elements: matrix.storage + more)
    }

    mutating func replace(_ numbers: [Int32], with rows: DenseMatrix<Float>) {
        for (place, number) in numbers.enumerated() {
            for column in 0..<rows.columns { matrix[Int(number), column] = rows[place, column] }
        }
    }
}
