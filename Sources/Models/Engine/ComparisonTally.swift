import Evaluation
import Ratings

/// What all models of a fold are tested on.
struct FoldTest {
    let train: RatingMatrix
    let ratings: TestRatings
    let rankings: TestRankings
    /// The ids of the test users.
    let users: Vocabulary
    let emptyDensity: PredictionDensity

    init(_ fold: ComparisonFold, relevance: Float) {
        train = fold.train.ratings
        ratings = TestRatings(fold.test, train: train)
        rankings = TestRankings(fold.test, train: train, threshold: relevance)
        users = fold.test.users
        emptyDensity = PredictionDensity(of: train)
    }
}

/// What is gathered over the folds.
struct ComparisonTally {
    var results: [ModelResult] = []
    /// The names of the models.
    private let models: [String]
    private var errors: UserValues
    private var gains: UserValues
    /// By pair of models that rank: the two lists of every test user.
    private var lists: [(first: String, second: String, cutoff: Int, pairs: [(first: [Int], second: [Int])])] = []

    init(_ models: [String]) {
        self.models = models
        errors = UserValues(metric: .rmse, models: models)
        gains = UserValues(metric: .ndcg, models: models)
    }

    /// The root mean square error of each test user.
    mutating func addErrors(_ name: String, _ test: FoldTest, _ predictions: [Double]) {
        guard let model = models.firstIndex(of: name) else { return }
        var sums = [(square: Double, count: Int)](repeating: (0, 0), count: test.users.count)
        for (place, prediction) in predictions.enumerated() {
            let error = test.ratings.values[place] - prediction
            sums[test.ratings.testUsers[place]].square += error * error
            sums[test.ratings.testUsers[place]].count += 1
        }
        for (user, sum) in sums.enumerated() where sum.count > 0 {
            errors.add((sum.square / Double(sum.count)).squareRoot(), model: model, user: test.users[user])
        }
    }

    mutating func addRankings(_ name: String, _ test: FoldTest, _ lists: [RankedList], cutoff: Int) {
        guard let model = models.firstIndex(of: name) else { return }
        for (user, list) in lists.enumerated() {
            if let gain = list.ndcg(cutoff) { gains.add(gain, model: model, user: test.users[user]) }
        }
    }

    mutating func overlap(_ rankers: [Ranker], cutoff: Int) {
        var pair = 0
        for (place, first) in rankers.enumerated() {
            for second in rankers[(place + 1)...] {
                if lists.count == pair { lists.append((first.name, second.name, cutoff, [])) }
                lists[pair].pairs += zip(first.lists, second.lists).map { ($0.items, $1.items) }
                pair += 1
            }
        }
    }

    func comparison(relevance: Float, seed: UInt64, threads: Int) -> Comparison {
        Comparison(
            results: results, relevance: relevance,
            differences: [errors, gains].flatMap { values in
                PairedDifference.allPairs(metric: values.metric, models: values.aligned, seed: seed, threads: threads)
            },
            overlaps: lists.map {
                ModelOverlap(
                    first: $0.first, second: $0.second, cutoff: $0.cutoff, lists: $0.pairs)
            })
    }
}
