import Factorization
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct RowBlockTests {
    /// Items with 1,100, 128, 129, 256 and about twenty ratings and with none; a user with 135, and users with none.
    static let ratings: RatingMatrix = {
        var generator = SeededGenerator(seed: 9)
        var rows = [[(item: Int, rating: Float)]](repeating: [], count: 1_200)
        func rate(_ user: Int, _ item: Int) { rows[user].append((item, Float(1 + generator.next(below: 9)) / 2)) }
        for user in 0..<1_150 {
            if user < 1_100 { rate(user, 0) }
            if user % 8 == 1, user < 1_024 { rate(user, 1) }
            if user % 8 == 2, user < 1_032 { rate(user, 2) }
            if user % 4 == 3, user < 1_024 { rate(user, 3) }
            for item in 4..<138 where user == 700 || generator.next(below: 57) == 0 { rate(user, item) }
        }
        return RatingMatrix(rows: rows, itemCount: 140)
    }()

    static func explicit(_ rank: Int) -> ALSConfiguration {
        var configuration = ALSConfiguration()
        (configuration.rank, configuration.iterations, configuration.restarts) = (rank, 2, 1)
        return configuration
    }

    static func implicit(_ rank: Int) -> ImplicitConfiguration {
        var configuration = ImplicitConfiguration()
        (configuration.rank, configuration.iterations) = (rank, 2)
        (configuration.feedback.threshold, configuration.feedback.least) = (3.5, 0.2)
        return configuration
    }

    static let plans: [BlockFit.Plan] = [
        BlockFit.Plan(), BlockFit.Plan(blocks: 4, threads: 2), BlockFit.Plan(blocks: 7, threads: 3),
        BlockFit.Plan(frames: 1), BlockFit.Plan(blocks: 4, threads: 3, frames: 2),
        BlockFit.Plan(blocks: 7, threads: 2, frames: 3),
    ]

    @Test func `the ratings have the rows that the tests speak of`() {
        let counts = Self.ratings.itemCounts
        #expect(counts[..<4] == [1_100, 128, 129, 256] && counts[138...] == [0, 0])
        #expect(Self.ratings.byUser.entries(ofRow: 700).count >= 135)
        #expect(Self.ratings.byUser.entries(ofRow: 1_180).isEmpty)
    }

    @Test(arguments: [3, 16, 17, 64])
    func `explicit fits from blocks have the bits of a whole fit`(_ rank: Int) throws {
        let configuration = Self.explicit(rank)
        var losses: [Double] = []
        let model = try AlternatingLeastSquares(configuration).fit(Self.ratings) { losses.append($1) }
        let part = model.parts[0]
        for plan in Self.plans {
            let fit = try BlockFit(Self.ratings, configuration, plan)
            #expect(fit.losses == losses, "\(plan)")
            for (vectors, factors) in [(fit.users, part.users), (fit.items, part.items)] {
                let found = (0..<vectors.rows).map { vectors.row($0).map(\.bitPattern) }
                let expected = (0..<factors.rows).map { row in
                    factors.vectors.row(row).map(\.bitPattern) + [factors.biases[row].bitPattern]
                }
                #expect(found == expected, "\(plan)")
            }
        }
    }

    @Test(arguments: [3, 16, 17, 64])
    func `implicit fits from blocks have the bits of a whole fit`(_ rank: Int) throws {
        let configuration = Self.implicit(rank)
        let scale = try #require(RatingScale(of: Self.ratings))
        var losses: [Double] = []
        let model = try ImplicitALS(configuration).fit(Self.ratings) { losses.append($1) }
        for plan in Self.plans {
            let fit = try BlockFit(Self.ratings, configuration, scale, plan)
            #expect(fit.losses == losses, "\(plan)")
            #expect(fit.users.storage.map(\.bitPattern) == model.users.storage.map(\.bitPattern), "\(plan)")
            #expect(fit.items.storage.map(\.bitPattern) == model.items.storage.map(\.bitPattern), "\(plan)")
        }
    }

    @Test(arguments: Solver.allCases)
    func `both solvers give the bits of a whole fit`(_ solver: Solver) throws {
        var configuration = Self.explicit(17)
        configuration.solver = solver
        let model = try AlternatingLeastSquares(configuration).fit(Self.ratings)
        let fit = try BlockFit(Self.ratings, configuration, Self.plans[5])
        #expect(factorBits(fit.items) == model.parts[0].items.vectors.storage.map(\.bitPattern))
    }

    /// Rows do not know their chunks, but losses are sums by chunk, and implicit solutions depend on Gramians by chunk.
    @Test func `another cut of chunks changes bits`() throws {
        let whole = try BlockFit(Self.ratings, Self.explicit(16), BlockFit.Plan())
        let coarse = try BlockFit(Self.ratings, Self.explicit(16), BlockFit.Plan(joined: 3))
        #expect(coarse.users.storage == whole.users.storage && coarse.losses != whole.losses)
        let scale = try #require(RatingScale(of: Self.ratings))
        let feedback = try BlockFit(Self.ratings, Self.implicit(16), scale, BlockFit.Plan())
        let other = try BlockFit(Self.ratings, Self.implicit(16), scale, BlockFit.Plan(joined: 3))
        #expect(other.users.storage != feedback.users.storage)
    }

    @Test func `chunks are cut by work`() {
        let chunks = RowBlock.chunks(Array(0...1_000), order: 10)
        #expect(chunks == stride(from: 0, to: 1_000, by: 2).map { $0..<$0 + 2 })
        let skewed = RowBlock.chunks([0, 1_000_000, 1_000_001, 1_000_002], order: 10)
        #expect(skewed == [0..<1, 1..<3])
        #expect(RowBlock.chunks([0], order: 10).isEmpty)
    }

    /// The first factor of all partners is 0, so its minor is; the second row's partners come first.
    @Test(arguments: [false, true])
    func `errors name the lowest row by its number in the side`(_ isStreamed: Bool) throws {
        var configuration = Self.explicit(2)
        (configuration.regularization, configuration.biasRegularization) = (0, 0)
        let ratings = SparseMatrix<Float>(
            columns: 4, rowOffsets: [0, 0, 2, 4], columnIndices: [0, 3, 0, 1], values: [1, 2, 3, 4])
        let features = DenseMatrix<Float>(rows: 4, columns: 3, elements: [0, 1, 1, 0, 2, 1, 0, 1, 2, 0, 2, 2])
        let block = RowBlock(
            side: "item", ratings: ratings, chunks: [0..<1, 1..<2, 2..<3], firstRow: 1_000,
            equations: .explicit(configuration, mean: 2), threads: 2)
        #expect(throws: FactorizationError.notPositiveDefinite(side: "item", row: 1_001, minor: 1)) {
            guard isStreamed else { return try _ = block.solve(against: features) }
            var stream = block.stream()
            for ids in [[0, 1], [2, 3]] as [[Int32]] { stream.add(ids: ids[...], features: features.rows(ids[...])) }
            _ = try stream.finish()
        }
    }

    private func factorBits(_ vectors: DenseMatrix<Float>) -> [UInt32] {
        (0..<vectors.rows).flatMap { vectors.row($0).dropLast().map(\.bitPattern) }
    }
}
