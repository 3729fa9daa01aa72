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
}
