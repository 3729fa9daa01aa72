import Factorization
import LinearAlgebra
import Ratings
import TestSupport
import Testing

/// Planted effects of attributes and times that nothing else explains.
struct BayesianSideInformationTests {
    private func fit(_ ratings: RatingMatrix, side: SideInformation, usesFeatures: Bool) throws -> BayesianModel {
        var configuration = BayesianConfiguration()
        configuration.rank = 2
        configuration.burnIn = 30
        configuration.samples = 60
        configuration.usesFeatures = usesFeatures
        return try BayesianFactorization(configuration).fit(ratings, side: side)
    }

    /// Every third user has no attribute; the others love one genre and hate the other. Two ratings each reveal little.
    @Test func `attributes improve predictions for users with few ratings`() throws {
        var generator = SeededGenerator(seed: 5)
        let tastes = (0..<400).map { $0 % 3 - 1 }
        let genres = (0..<60).map { _ in generator.next(below: 2) }
        var rows: [[(item: Int, rating: Float)]] = []
        var test: [(user: Int, item: Int, rating: Double)] = []
        for taste in tastes {
            let items = (0..<60).shuffled(using: &generator).prefix(8)
            let ratings = items.map { item in
                let expectation = 3 + 1.2 * Double(taste * (2 * genres[item] - 1))
                return (item: item, rating: Float(expectation + 0.3 * generator.normal()))
            }
            if taste != 0 { test += ratings.dropFirst(2).map { (rows.count, $0.item, Double($0.rating)) } }
            rows.append(Array(ratings.prefix(2)))
        }
        let train = RatingMatrix(rows: rows, itemCount: 60)
        func error(_ side: SideInformation, usesFeatures: Bool) throws -> Double {
            let model = try fit(train, side: side, usesFeatures: usesFeatures)
            let squares = test.reduce(0) { sum, one in
                let error = one.rating - model.prediction(user: one.user, item: one.item)
                return sum + error * error
            }
            return (squares / Double(test.count)).squareRoot()
        }
        let side = SideInformation(
            users: [
                FeatureGroup(name: "taste", labels: tastes.map { $0 == 0 ? nil : "\($0)" }),
                FeatureGroup(name: "unknown", labels: Array(repeating: nil, count: 400)),
            ],
            items: [FeatureGroup(name: "genre", memberships: genres.map { [$0] }, count: 2)])
        // The noise is 0.3. The ratings alone reveal little, and the result of such a short chain is chance: 0.48 to
        // 1.23 over twenty chains.
        #expect(try error(side, usesFeatures: true) < 0.36)
        #expect(try error(side, usesFeatures: false) > 0.45)
        #expect(try error(SideInformation(users: [], items: []), usesFeatures: true) > 0.45)
    }

    /// Each user rates in three hours, one of them before 1970, each with its own bias.
    @Test func `hour biases are recovered`() throws {
        var generator = SeededGenerator(seed: 6)
        let starts: [Int64] = [-18_000, 0, 72_000]
        var rows: [[(item: Int, rating: Float)]] = []
        var times: [Int64] = []
        var moods: [Double] = []
        for _ in 0..<80 {
            let own = (0..<3).map { _ in 0.8 * generator.normal() }
            moods += own
            let items = (0..<60).filter { _ in generator.uniform() < 0.6 }
            rows.append(
                items.map { item in
                    let hour = generator.next(below: 3)
                    times.append(starts[hour] + Int64(generator.next(below: 3_600)))
                    return (item, Float(3 + own[hour] + 0.4 * generator.normal()))
                })
        }
        let plain = RatingMatrix(rows: rows, itemCount: 60)
        let ratings = RatingMatrix(users: plain.users, items: plain.items, byUser: plain.byUser, timestamps: times)
        let side = SideInformation(users: [], items: [])
        let model = try fit(ratings, side: side, usesFeatures: true)
        let hours = try #require(model.hours)
        #expect(hours.offsets == (0...80).map { 3 * $0 })
        #expect(hours.startHours == (0..<80).flatMap { _ in [-5, 0, 20] })
        // The user bias absorbs the average over hours, so hours are compared with each other.
        for user in 0..<80 {
            func found(_ time: Int64) -> Double { model.distribution(user: user, item: 7, time: time).mean }
            for (hour, start) in starts.enumerated() {
                let difference = found(start) - found(starts[0])
                #expect(abs(difference - moods[3 * user + hour] + moods[3 * user]) < 0.7)
                #expect(found(start) == found(start + 3_599) && found(start) != found(start + 3_600))
            }
            let unseen = model.distribution(user: user, item: 7, time: 7_200)
            #expect(unseen == model.distribution(user: user, item: 7, time: nil))
            let seen = model.distribution(user: user, item: 7, time: 0)
            #expect(seen.standardDeviation < unseen.standardDeviation)
        }
        #expect(abs(hours.unseenVariance - 0.64) < 0.2)
        #expect(try fit(ratings, side: side, usesFeatures: false).hours == nil)
        #expect(try fit(plain, side: side, usesFeatures: true).hours == nil)
    }
}
