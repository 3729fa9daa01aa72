import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

/// The closed forms with features, checked against dense `Double` matrices built by definition.
struct LikingFeaturesTests {
    private let userCount = 25
    private let itemCount = 12
    private let ratings: RatingMatrix
    private let side: SideInformation
    private let towns = (0..<25).map { $0 % 5 == 4 ? nil : "town \($0 % 3)" }
    private let genres = (0..<12).map { $0 % 4 == 0 ? [0, 2] : [$0 % 3] }

    /// Users rate in quarter-hour bursts, in pairs within a minute, on days up to 50 days apart.
    init() {
        let plain = RatingMatrix.random(users: userCount, items: itemCount, density: 0.6, seed: 3)
        let times = (0..<plain.count).map { entry -> Int64 in
            let (day, place) = (25 * (entry % 3), entry / 2 % 9)
            return Int64(1_700_000_000 + 86_400 * day + 100 * place + 60 * (entry % 2))
        }
        ratings = RatingMatrix(users: plain.users, items: plain.items, byUser: plain.byUser, timestamps: times)
        side = SideInformation(
            users: [FeatureGroup(name: "town", labels: towns)],
            items: [FeatureGroup(name: "genre", memberships: genres, count: 3)])
    }

    private func strengths(_ feedback: Feedback) throws -> [[Double]] {
        let scale = try #require(RatingScale(of: ratings))
        return (0..<userCount).map { user in
            (0..<itemCount).map { item in
                ratings.rating(user: user, item: item).map { Double(feedback.strength($0, on: scale)) } ?? 0
            }
        }
    }

    private var times: [Int64] { ratings.timestamps ?? [] }

    /// Towns sorted by name, then spans of 30 days.
    private var userFeatures: [[Double]] {
        let first = times.min() ?? 0
        let months = times.map { ($0 - first) / (30 * 86_400) }
        let distinct = Set(months).sorted()
        return (0..<userCount).map { user in
            let own = ratings.byUser.entries(ofRow: user)
            let isOf: [Double] = (0..<3).map { towns[user] == "town \($0)" ? 1 : 0 }
            let shares: [Double] = distinct.map { month in
                own.isEmpty ? 0 : Double(own.count { months[$0] == month }) / Double(own.count)
            }
            return isOf + shares
        }
    }

    private var itemFeatures: [[Double]] {
        genres.map { own in
            let weight = 1 / Double(own.count).squareRoot()
            return (0..<3).map { own.contains($0) ? weight : 0 }
        }
    }

    /// The strengths of each session.
    private func sessions(_ x: [[Double]]) -> [[Double]] {
        (0..<userCount).flatMap { user in
            let ordered = ratings.byUser.entries(ofRow: user).sorted { times[$0] < times[$1] }
            var sessions: [[Double]] = []
            for (place, entry) in ordered.enumerated() {
                if place == 0 || times[entry] > times[ordered[place - 1]] + 60 {
                    sessions.append(Array(repeating: 0, count: itemCount))
                }
                let item = Int(ratings.byUser.columnIndices[entry])
                sessions[sessions.count - 1][item] = x[user][item]
            }
            return sessions
        }
    }

    /// −P_ij/P_jj with a zero diagonal, P = (XᵀX + λI)⁻¹ by Gauss–Jordan.
    private func weights(_ x: [[Double]], _ regularization: Double) -> [[Double]] {
        let n = x[0].count
        var a = (0..<n).map { i -> [Double] in
            let gramian = (0..<n).map { j in x.reduce(i == j ? regularization : 0) { $0 + $1[i] * $1[j] } }
            let identity: [Double] = (0..<n).map { $0 == i ? 1 : 0 }
            return gramian + identity
        }
        for pivot in 0..<n {
            let head = a[pivot][pivot]
            for column in a[pivot].indices { a[pivot][column] /= head }
            for row in 0..<n where row != pivot {
                let factor = a[row][pivot]
                for column in a[row].indices { a[row][column] -= factor * a[pivot][column] }
            }
        }
        return (0..<n).map { i in
            (0..<n).map { j -> Double in i == j ? 0 : -a[i][n + j] / a[j][n + j] }
        }
    }

    @Test func `EASE adds feature rows and columns`() throws {
        var configuration = EASEConfiguration()
        configuration.regularization = 8
        configuration.usesFeatures = true
        let model = try EASE.fit(ratings, configuration, side: side)
        let x = try strengths(configuration.feedback)
        let features = userFeatures
        #expect(features[0].count == 5 && sessions(x).count > userCount)
        let none = features[0].map { _ in 0.0 }
        let root = 30.0.squareRoot()
        let genres = (0..<3).map { genre -> [Double] in itemFeatures.map { root * $0[genre] } + none }
        var rows = zip(x, features).map { $0 + $1 }
        rows += sessions(x).map { $0 + none }
        rows += genres
        let expected = weights(rows, 1.5 * 8)
        for i in expected.indices {
            for j in expected.indices { #expect(abs(Double(model.weights[i, j]) - expected[i][j]) < 1e-4) }
        }
        for user in [0, 1, 4, 24] where !ratings.byUser.entries(ofRow: user).isEmpty {
            let scores = model.scores(user: user)
            #expect(scores.count == itemCount)
            let row = x[user] + features[user]
            for item in 0..<itemCount {
                let own = zip(row, expected).reduce(0.0) { $0 + $1.0 * $1.1[item] }
                #expect(abs(Double(scores[item]) - own) < 1e-4)
            }
        }
    }

    @Test func `UserEASE adds feature columns`() throws {
        var configuration = UserEASEConfiguration()
        configuration.regularization = 8
        configuration.usesFeatures = true
        let model = try UserEASE.fit(ratings, configuration, side: side)
        let x = try strengths(configuration.feedback)
        let roots = (0..<itemCount).map { item -> Double in
            let squares = x.reduce(0.0) { $0 + $1[item] * $1[item] }
            return pow((squares + 5) / 30, -configuration.popularityExponent / 2)
        }
        let weight = 0.06.squareRoot()
        let compared = zip(x, userFeatures).map { row, features -> [Double] in
            let rooted = zip(row, roots).map { $0 * $1 }
            let profile = (0..<3).map { genre -> Double in
                weight * zip(rooted, itemFeatures).reduce(0.0) { $0 + $1.0 * $1.1[genre] }
            }
            return rooted + profile + features
        }
        let columns = compared[0].indices.map { column in compared.map { $0[column] } }
        let expected = weights(columns, 1.5 * 8)
        for user in [0, 1, 4, 24] where !ratings.byUser.entries(ofRow: user).isEmpty {
            for (item, score) in model.scores(user: user).enumerated() {
                let own = (0..<userCount).reduce(0.0) { $0 + expected[$1][user] * x[$1][item] }
                #expect(abs(Double(score) - own) < 1e-4)
            }
        }
        // A guest lacks only attributes and months: P·X̃·x̃.
        let guest = ratings.userRatings(1)
        let known = compared[1].prefix(itemCount + 3)
        let products = compared.map { row in zip(row, known).reduce(0.0) { $0 + $1.0 * $1.1 } }
        let counts = (0..<userCount).map { user in
            products.indices.reduce(0.0) { $0 + Double(model.inverse[user, $1]) * products[$1] }
        }
        for (item, score) in model.scores(foldingIn: guest).enumerated() {
            let own = (0..<userCount).reduce(0.0) { $0 + counts[$1] * x[$1][item] }
            #expect(abs(Double(score) - own) < 1e-3)
        }
    }

    /// Only λ differs then.
    @Test func `fit without catalogs and times equals the plain one`() throws {
        let plain = RatingMatrix(users: ratings.users, items: ratings.items, byUser: ratings.byUser)
        var (with, without) = (EASEConfiguration(), EASEConfiguration())
        (with.usesFeatures, without.regularization) = (true, 1.5 * with.regularization)
        #expect(try EASE.fit(plain, with).weights.storage == EASE.fit(plain, without).weights.storage)
    }
}
