import Evaluation
import Factorization
import Interchange
import Neighbors
import Ratings
import TestSupport
import Testing

/// The models on the folds u1…u5 of MovieLens 100K, no row dropped.
@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct FoldTests {
    /// The mean of a metric over the five folds.
    private func means(
        _ fit: (RatingMatrix) throws -> some RatingPredictor
    ) throws -> (rmse: Double, mae: Double) {
        let folder = movieLens100K ?? ""
        let metrics = try (1...5).map { fold in
            let train = try RatingsReader().read("\(folder)/u\(fold).base").ratings
            let test = try RatingsReader().read("\(folder)/u\(fold).test").ratings
            return TestRatings(test, train: train).metrics(of: try fit(train))
        }
        #expect(metrics.map(\.count) == [20_000, 20_000, 20_000, 20_000, 20_000])
        print("folds: \(metrics.map(\.rmse))")
        return (metrics.reduce(0) { $0 + $1.rmse } / 5, metrics.reduce(0) { $0 + $1.mae } / 5)
    }

    /// Surprise's BaselineOnly measures 0.9457 and 0.7499 on these folds, with another solver.
    @Test func biasesEqualSurprise() throws {
        let (rmse, mae) = try means { BiasModel.fit($0) }
        #expect(abs(rmse - 0.9457) < 0.003 && abs(mae - 0.7499) < 0.003, "\(rmse) \(mae)")
    }

    @Test func alternatingLeastSquaresIsMoreAccurateThanBiases() throws {
        let (rmse, _) = try means { try AlternatingLeastSquares().fit($0) }
        #expect((0.9...0.911).contains(rmse), "\(rmse)")
    }

    @Test func neighborsAreMoreAccurateThanBiases() throws {
        let (rmse, _) = try means { try UserKNN.fit($0) }
        #expect((0.9...0.921).contains(rmse), "\(rmse)")
    }

    /// The mean nDCG@10: relevant are test ratings of 4 and more, candidates all items unseen in training.
    private func meanNDCG(_ fit: (RatingMatrix) throws -> some ItemRecommender) throws -> Double {
        let folder = movieLens100K ?? ""
        return try (1...5).reduce(0) { sum, fold in
            let train = try RatingsReader().read("\(folder)/u\(fold).base").ratings
            let test = try RatingsReader().read("\(folder)/u\(fold).test").ratings
            let rankings = TestRankings(test, train: train, threshold: 4)
            return sum + rankings.metrics(of: try fit(train), cutoffs: [10])[0].ndcg / 5
        }
    }

    @Test func popularityChecksTheEvaluator() throws {
        let ndcg = try meanNDCG { PopularityModel.fit($0, threshold: 4) }
        print("popularity nDCG@10: \(ndcg)")
        #expect(abs(ndcg - 0.2046) < 0.00005)
    }

    @Test func neighborsRankBetterThanPopularity() throws {
        let ndcg = try meanNDCG { try UserKNNRanking.fit($0) }
        print("knn nDCG@10: \(ndcg)")
        #expect(ndcg >= 0.375)
    }
}
