import Neighbors
import Ratings
import TestSupport
import Testing

struct UserKNNRankingTests {
    @Test(arguments: [0.5, 1, 2])
    func `scores are amplified sums over the nearest neighbors`(_ amplification: Double) throws {
        let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.3, seed: 8)
        var configuration = UserKNNRankingConfiguration()
        configuration.similarity.neighbors = 6
        configuration.amplification = amplification
        let model = try UserKNNRanking.fit(ratings, configuration)
        let allPairs = try AllPairs(configuration.similarity, threads: 1)
        for user in 0..<40 {
            let nearest = allPairs.neighbors(of: user, in: ratings)
            guard !nearest.isEmpty else {
                #expect(model.scores(user: user) == model.scores(user: nil))
                continue
            }
            for (item, score) in model.scores(user: user).enumerated() {
                let expected = nearest.reduce(0.0) { sum, neighbor in
                    let rating = ratings.ratings(ofUser: Int(neighbor.user)).first { $0.0 == item }?.1 ?? 0
                    let similarity = Double(neighbor.similarity)
                    let weight =
                        amplification == 2
                        ? similarity * similarity : amplification == 1 ? similarity : similarity.squareRoot()
                    return sum + weight * Double(rating)
                }
                #expect(abs(Double(score) - expected) < 1e-4)
            }
        }
        #expect(model.scores(user: nil) == PopularityModel.fit(ratings).scores(user: nil))
    }

    @Test func `score matches the worked example`() throws {
        let ratings = RatingMatrix(
            rows: [[(0, 3), (1, 4)], [(0, 3), (1, 4), (2, 5)], [(1, 4), (2, 3)]], itemCount: 3)
        var configuration = UserKNNRankingConfiguration()
        configuration.similarity.itemWeights = .none
        configuration.amplification = 2
        let model = try UserKNNRanking.fit(ratings, configuration)
        // s = 25/(5·√50) and 16/(5·5), squared ½ and 0.4096: ½·5 + 0.4096·3.
        #expect(abs(model.scores(user: 0)[2] - 3.7288) < 1e-5)
    }

    /// The fold-in finds the user themself with similarity 1, then the same neighbors.
    @Test func `folding in a training user gives the same scores and evidence`() throws {
        let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.3, seed: 8)
        var configuration = UserKNNRankingConfiguration()
        configuration.similarity.neighbors = 40
        let model = try UserKNNRanking.fit(ratings, configuration)
        let user = 1
        let own = ratings.userRatings(user)
        let rated = Set(own.items.map(Int.init))
        let folded = model.scores(foldingIn: own)
        for (item, score) in model.scores(user: user).enumerated() where !rated.contains(item) {
            #expect(abs(folded[item] - score) < 1e-4 * max(1, score))
        }
        let item = try #require(model.topItems(foldingIn: own, count: 1).first)
        let evidence = model.evidence(for: item, foldingIn: own)
        #expect(evidence.raters == model.evidence(for: item, of: user).raters)
        let sum = evidence.raters.reduce(Float(0)) { sum, one in
            let similarity = one.neighbor.similarity
            return sum + similarity * similarity * similarity * one.rating
        }
        #expect(abs(sum - folded[item]) < 1e-4 * sum)
        for one in evidence.raters { #expect(ratings.rating(user: Int(one.neighbor.user), item: item) == one.rating) }
    }

    @Test func `amplification out of range is rejected`() {
        var configuration = UserKNNRankingConfiguration()
        configuration.amplification = 0
        #expect(throws: SimilarityError.self) {
            try UserKNNRanking.fit(RatingMatrix(rows: [[(0, 3)]], itemCount: 1), configuration)
        }
    }
}
