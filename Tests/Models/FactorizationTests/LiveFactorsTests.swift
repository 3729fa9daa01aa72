import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct LiveFactorsTests {
    private static func configuration(_ restarts: Int = 2, _ solver: Solver = .lapack) -> ALSConfiguration {
        var configuration = ALSConfiguration()
        (configuration.rank, configuration.iterations, configuration.restarts) = (4, 6, restarts)
        configuration.solver = solver
        return configuration
    }

    /// Ratings of a stream: half of them known before, the rest in batches with new users and items, changes and removals.
    private struct Stream {
        var ratings: MutableRatings
        var factors: LiveFactors
        private var generator: SeededGenerator

        init(_ configuration: ALSConfiguration, seed: UInt64) throws {
            let matrix = RatingMatrix.random(users: 40, items: 30, density: 0.3, seed: seed)
            ratings = MutableRatings(matrix)
            let numbered = ratings.matrix()
            let model = try AlternatingLeastSquares(configuration).fit(numbered.matrix)
            factors = LiveFactors(model, users: numbered.userNumbers, items: numbered.itemNumbers)
            generator = SeededGenerator(seed: seed)
        }

        mutating func batch(_ size: Int) -> RatingChanges {
            for _ in 0..<size {
                let user = ratings.addUser("\(generator.next(below: 60))")
                let item = ratings.addItem("\(generator.next(below: 45))")
                let value: Float? = generator.uniform() < 0.1 ? nil : Float(1 + generator.next(below: 5))
                ratings.set(value, user: user, item: item)
            }
            return ratings.settle()
        }
    }

    /// The solution of a row's equations by elimination in `Double`.
    private func solved(
        _ row: [MutableRatings.Entry], against factors: Factors, mean: Float, _ configuration: ALSConfiguration
    ) -> [Double] {
        let order = configuration.rank + 1
        guard !row.isEmpty else { return Array(repeating: 0, count: order) }
        var a = [[Double]](repeating: Array(repeating: 0, count: order + 1), count: order)
        for entry in row {
            let partner = Int(entry.number)
            let x = factors.vectors.row(partner).map(Double.init) + [1]
            let target = Double(entry.value) - Double(mean) - Double(factors.biases[partner])
            for i in 0..<order {
                for j in 0..<order { a[i][j] += x[i] * x[j] }
                a[i][order] += x[i] * target
            }
        }
        let growth = pow(Double(row.count), configuration.regularizationExponent)
        for i in 0..<order {
            a[i][i] += growth * (i < order - 1 ? configuration.regularization : configuration.biasRegularization)
        }
        return eliminated(a)
    }

    private func row(_ factors: Factors, _ index: Int) -> [Double] {
        factors.vectors.row(index).map(Double.init) + [Double(factors.biases[index])]
    }

    @Test(arguments: Solver.allCases, [1, 7, 60])
    func `rows of a batch solve their normal equations, and others stay`(_ solver: Solver, _ size: Int) throws {
        var stream = try Stream(Self.configuration(2, solver), seed: 3)
        for _ in 0..<30 {
            let before = stream.factors
            let changes = stream.batch(size)
            try stream.factors.follow(changes, of: stream.ratings)
            let users = (0..<Int32(stream.ratings.users.count)).map { $0 }
            let items = (0..<Int32(stream.ratings.items.count)).map { $0 }
            let (old, new) = (
                before.model(users: users, items: items, scale: nil),
                stream.factors.model(users: users, items: items, scale: nil)
            )
            for (old, new) in zip(old.parts, new.parts) {
                for item in items {
                    let expected =
                        changes.items.contains(item)
                        ? solved(
                            stream.ratings.entries(ofItem: Int(item)), against: old.users, mean: before.mean,
                            before.configuration) : row(old.items, Int(item))
                    expectClose(row(new.items, Int(item)), expected)
                }
                for user in users {
                    let expected =
                        changes.users.contains(user)
                        ? solved(
                            stream.ratings.entries(ofUser: Int(user)), against: new.items, mean: before.mean,
                            before.configuration) : row(old.users, Int(user))
                    expectClose(row(new.users, Int(user)), expected)
                }
            }
        }
    }

    private func expectClose(_ found: [Double], _ expected: [Double]) {
        for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-5 * max(1, abs(other))) }
    }

    /// After all batches the live factors are a start like any other: fits from them and from scratch reach the same loss.
    @Test func `a fit from live factors converges to the loss of a fit from scratch`() throws {
        var configuration = Self.configuration(1)
        var stream = try Stream(configuration, seed: 5)
        for _ in 0..<50 { try stream.factors.follow(stream.batch(5), of: stream.ratings) }
        let numbered = stream.ratings.matrix()
        configuration.iterations = 400
        let als = try AlternatingLeastSquares(configuration)
        let live = stream.factors.model(users: numbered.userNumbers, items: numbered.itemNumbers, scale: nil)
        var (fromLive, fromScratch): ([Double], [Double]) = ([], [])
        _ = try als.fit(numbered.matrix, from: live) { fromLive.append($1) }
        _ = try als.fit(numbered.matrix) { fromScratch.append($1) }
        let (first, last) = (try #require(fromLive.first), try #require(fromLive.last))
        #expect(abs(last - (fromScratch.last ?? 0)) < 1e-3 * last)
        // It starts close to where it ends, for the rows were solved as they changed.
        #expect(first < 1.2 * last && first < fromScratch[0])
    }

    @Test func `new users and items have biases until they are rated, and factors then`() throws {
        var stream = try Stream(Self.configuration(), seed: 2)
        let user = stream.ratings.addUser("new")
        let item = stream.ratings.addItem("new")
        let known = stream.factors
        let mean = Double(known.mean)
        #expect(known.expectation(user: user, item: item) == mean)
        let model = known.model(users: [0], items: [0], scale: nil)
        #expect(abs(known.expectation(user: user, item: 0) - model.prediction(user: nil, item: 0)) < 1e-6)
        #expect(abs(known.expectation(user: 0, item: item) - model.prediction(user: 0, item: nil)) < 1e-6)
        stream.ratings.set(5, user: user, item: 0)
        stream.ratings.set(1, user: 0, item: item)
        try stream.factors.follow(stream.ratings.settle(), of: stream.ratings)
        let after = stream.factors.model(users: [Int32(user)], items: [Int32(item)], scale: nil)
        #expect(after.parts[0].users.vectors.storage.contains { $0 != 0 })
        #expect(after.parts[0].items.vectors.storage.contains { $0 != 0 })
        #expect(stream.factors.expectation(user: user, item: 0) > known.expectation(user: user, item: 0))
    }

    @Test func `scores and expectations are those of the model`() throws {
        var stream = try Stream(Self.configuration(), seed: 8)
        for _ in 0..<10 { try stream.factors.follow(stream.batch(9), of: stream.ratings) }
        let numbered = stream.ratings.matrix()
        let model = stream.factors.model(users: numbered.userNumbers, items: numbered.itemNumbers, scale: nil)
        for (user, number) in numbered.userNumbers.enumerated() {
            let scores = stream.factors.scores(user: Int(number))
            for (item, other) in numbered.itemNumbers.enumerated() {
                let expected = model.prediction(user: user, item: item)
                #expect(abs(stream.factors.expectation(user: Int(number), item: Int(other)) - expected) < 1e-9)
                #expect(abs(Double(scores[Int(other)] + stream.factors.mean) - expected) < 1e-4)
            }
        }
    }

    @Test func `factors have the same bits at any number of threads`() throws {
        let models = try [1, 3].map { threads in
            var stream = try Stream(Self.configuration(), seed: 4)
            for _ in 0..<5 { try stream.factors.follow(stream.batch(50), of: stream.ratings, threads: threads) }
            let numbered = stream.ratings.matrix()
            return stream.factors.model(users: numbered.userNumbers, items: numbered.itemNumbers, scale: nil)
        }
        let bits = models.map { $0.parts.flatMap { $0.users.vectors.storage.map(\.bitPattern) } }
        #expect(bits[0] == bits[1])
    }

    @Test func `from nothing, ratings give biases alone`() throws {
        var ratings = MutableRatings()
        var factors = LiveFactors(Self.configuration(), mean: 3)
        #expect(factors.expectation(user: 0, item: 0) == 3)
        let user = ratings.addUser("u")
        ratings.set(5, user: user, item: ratings.addItem("a"))
        try factors.follow(ratings.settle(), of: ratings)
        // One rating, λ_b = 1: b_i = 2/(1 + 1) = 1, then b_u = (2 − 1)/(1 + 1) = 0.5.
        #expect(abs(factors.expectation(user: 0, item: 0) - 4.5) < 1e-6)
    }
}
