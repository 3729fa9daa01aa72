import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct AlternatingLeastSquaresTests {
    private func configuration(_ change: (inout ALSConfiguration) -> Void) -> ALSConfiguration {
        var configuration = ALSConfiguration()
        change(&configuration)
        return configuration
    }

    @Test(arguments: [0, 0.4, 1])
    func lossNeverRises(_ exponent: Double) throws {
        for seed in 1...5 {
            let ratings = RatingMatrix.random(users: 40, items: 30, density: 0.3, seed: UInt64(seed))
            var losses: [Double] = []
            let als = try AlternatingLeastSquares(
                configuration {
                    $0.rank = 4
                    $0.regularizationExponent = exponent
                    $0.seed = UInt64(seed)
                })
            _ = try als.fit(ratings) { losses.append($1) }
            #expect(losses.count == 24)
            for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        }
    }

    /// The last half-step solves every item's normal equations: here once more in `Double` by Gaussian elimination.
    @Test func rowsSolveTheirNormalEquations() throws {
        let ratings = RatingMatrix.random(users: 300, items: 20, density: 0.6, seed: 7)
        let chosen = configuration {
            $0.rank = 6
            $0.iterations = 2
        }
        let model = try AlternatingLeastSquares(chosen).fit(ratings)
        let byItem = ratings.byUser.transposed()
        for item in 0..<20 {
            let entries = byItem.entries(ofRow: item)
            var a = [[Double]](repeating: Array(repeating: 0, count: 8), count: 7)
            for entry in entries {
                let user = Int(byItem.columnIndices[entry])
                let x = model.users.vectors.row(user).map(Double.init) + [1]
                let target = Double(byItem.values[entry] - model.mean - model.users.biases[user])
                for i in 0..<7 {
                    for j in 0..<7 { a[i][j] += x[i] * x[j] }
                    a[i][7] += x[i] * target
                }
            }
            let growth = pow(Double(entries.count), chosen.regularizationExponent)
            for i in 0..<7 { a[i][i] += growth * (i < 6 ? chosen.regularization : chosen.biasRegularization) }
            let found = model.items.vectors.row(item).map(Double.init) + [Double(model.items.biases[item])]
            for (one, other) in zip(found, eliminated(a)) { #expect(abs(one - other) < 1e-4 * max(1, abs(other))) }
        }
    }

    private func eliminated(_ system: [[Double]]) -> [Double] {
        var a = system
        for pivot in a.indices {
            for row in a.indices where row != pivot {
                let factor = a[row][pivot] / a[pivot][pivot]
                for column in a[row].indices { a[row][column] -= factor * a[pivot][column] }
            }
        }
        return a.indices.map { a[$0][a.count] / a[$0][$0] }
    }

    @Test func threadsDoNotShow() throws {
        let ratings = RatingMatrix.random(users: 200, items: 90, density: 0.2, seed: 2)
        let models = try [1, 3].map { threads in
            try AlternatingLeastSquares(configuration { $0.threads = threads }).fit(ratings)
        }
        #expect(models[0].users.vectors.storage.map(\.bitPattern) == models[1].users.vectors.storage.map(\.bitPattern))
        #expect(models[0].items.biases.map(\.bitPattern) == models[1].items.biases.map(\.bitPattern))
    }

    @Test func predictionsStayOnTheScaleAndAreNeverMissing() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 4)
        let model = try AlternatingLeastSquares(configuration { $0.regularization = 0.01 }).fit(ratings)
        for user in [nil, 0, 3, 49] {
            for item in [nil, 0, 39] { #expect((0.5...5).contains(model.prediction(user: user, item: item))) }
        }
    }

    /// A user's scores order items as the predictions do, before these are held to the scale.
    @Test func scoresOrderAsPredictionsDo() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let model = try AlternatingLeastSquares().fit(ratings)
        for user in 0..<50 {
            let scores = model.scores(user: user)
            for (one, other) in zip(0..<39, 1..<40) where scores[one] > scores[other] {
                #expect(model.prediction(user: user, item: one) >= model.prediction(user: user, item: other))
            }
        }
        #expect(model.scores(user: nil) == model.items.biases)
    }

    @Test func rowsWithoutASolutionAreNamed() throws {
        // Two factors and a bias from one rating, and nothing to regularize them.
        let ratings = RatingMatrix(rows: [[(0, 4)], [(0, 3), (1, 5)]], itemCount: 2)
        let als = try AlternatingLeastSquares(
            configuration {
                $0.rank = 2
                $0.regularization = 0
                $0.biasRegularization = 0
            })
        let error = #expect(throws: FactorizationError.self) { try als.fit(ratings) }
        guard case .notPositiveDefinite("user", 0, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error.map { "\($0)" }?.contains("raise regularization above 0") == true)
    }

    @Test func nothingToLearnFromIsRefused() throws {
        let als = try AlternatingLeastSquares()
        #expect(throws: FactorizationError.noRatings) { try als.fit(RatingMatrix(rows: [[]], itemCount: 2)) }
    }

    @Test func optionsOutOfRangeAreRefused() {
        let wrong = [
            configuration { $0.rank = 0 }, configuration { $0.rank = 513 }, configuration { $0.regularization = -1 },
            configuration { $0.biasRegularization = .nan }, configuration { $0.regularizationExponent = 2 },
            configuration { $0.iterations = 0 }, configuration { $0.threads = 0 },
        ]
        for one in wrong { #expect(throws: FactorizationError.self) { try AlternatingLeastSquares(one) } }
    }
}
