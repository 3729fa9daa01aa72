import Engine
import Evaluation
import Factorization
import RatingFiles
import Ratings
import TestSupport
import Testing

@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct ListedRatingsTests {
    /// The numbers that people see in lists, against what `compare` measures. Items without a training rating are in no list;
    /// they are predicted as the comparison predicts them.
    @Test(arguments: [ModelKind.als, .bayes])
    func `the ratings in lists have the RMSE of the comparison`(_ kind: ModelKind) throws {
        let folder = movieLens100K ?? ""
        let train = try RatingsSource("\(folder)/u1.base").dataset()
        let test = try RatingsReader().read("\(folder)/u1.test").ratings
        var configuration = ModelConfiguration()
        configuration.threads = 2
        configuration.bayes.samples = 20
        let fold = ComparisonFold(train: train, test: test)
        let compared = try ComparisonEngine(models: [kind], configuration: configuration).compare([fold]).comparison
        let expected = try #require(compared.means(kind.rawValue).first { $0.metric == .rmse }?.value)

        let recommender = try Recommender.fit(kind, train, configuration)
        let predictor = try #require(recommender.model.predictor)
        let all = train.ratings.items.count
        var (squares, cold) = (0.0, 0)
        for user in 0..<test.users.count {
            let index = try #require(train.ratings.users.index(of: test.users[user]))
            let list = try recommender.scoredItems(for: Person(user: index, of: train.ratings), count: all)
            let listed = Dictionary(uniqueKeysWithValues: list.map { ($0.item, $0.predictedRating ?? .nan) })
            for (item, rating) in test.ratings(ofUser: user) {
                let known = train.ratings.items.index(of: test.items[Int(item)])
                if known == nil { cold += 1 }
                let prediction = known.flatMap { listed[$0] } ?? predictor.prediction(user: index, item: nil)
                squares += (Double(rating) - prediction) * (Double(rating) - prediction)
            }
        }
        #expect(abs((squares / Double(test.count)).squareRoot() - expected) < 1e-9)
        #expect(cold < 100)
    }
}
