import Evaluation
import Ratings
import TestSupport
import Testing

struct ComparisonTests {
    private let train = RatingMatrix.random(users: 120, items: 60, density: 0.4, seed: 1)
    private let folds = Array(RatingMatrix.random(users: 125, items: 64, density: 0.2, seed: 2).folds(3, seed: 3))

    /// Deterministic predictions, equal for folds and for the whole; some test ratings are cold.
    private func predictions(_ test: TestRatings) -> [Double] {
        test.values.indices.map { Double((test.users[$0] ?? 7) * 31 % 9 + (test.items[$0] ?? 3) * 17 % 5) / 3 }
    }

    private func result(_ model: String, fold: Int, _ test: RatingMatrix, shift: Double = 0) -> ModelResult {
        let ratings = TestRatings(test, train: train)
        let predictions = predictions(ratings).map { $0 + shift }
        let rankings = TestRankings(test, train: train, threshold: 4)
        let lists = rankings.lists(of: PopularityModel.fit(train), count: 5)
        let judged = lists.indices.filter { lists[$0].relevantCount > 0 }
        return ModelResult(
            model: model, fold: fold,
            ratings: ModelResult.Ratings(
                metrics: RatingMetrics(ratings: ratings.values, predictions: predictions),
                calibration: Calibration(ratings: ratings.values, predictions: predictions.map { ($0, 1) }),
                buckets: RatingBuckets(ratings, predictions: predictions, train: train),
                density: PredictionDensity(of: train), coldCount: ratings.coldCount, predictionsPerSecond: 10),
            rankings: ModelResult.Rankings(
                metrics: [3, 5].map { RankingMetrics(lists, cutoff: $0) },
                catalogue: [3, 5].map { CatalogueMetrics(lists: lists.map(\.items), cutoff: $0, train: train) },
                ndcgByActivity: RatingBuckets.means(
                    of: judged.compactMap { lists[$0].ndcg(5) }, users: judged.map { rankings.users[$0] }, train: train),
                coldCount: rankings.coldCount, listsPerSecond: 20),
            fitSeconds: 2 * Double(fold), bytes: 100, losses: [])
    }

    private var comparison: Comparison {
        Comparison(
            results: folds.enumerated().flatMap { index, fold in
                [
                    result("A", fold: index + 1, fold.test), result("B", fold: index + 1, fold.test, shift: 1),
                ]
            }, relevance: 4)
    }

    @Test func `comparison lists its models and counts its folds`() {
        #expect(comparison.models == ["A", "B"] && comparison.foldCount == 3)
        #expect(
            Comparison(results: [], relevance: 4).models.isEmpty && Comparison(results: [], relevance: 4).foldCount == 0
        )
    }

    @Test func `means average over the folds`() {
        let means = comparison.means("B")
        let own = folds.enumerated().map { result("B", fold: $0 + 1, $1.test, shift: 1) }
        func mean(_ value: (ModelResult) -> Double?) -> Double { own.compactMap(value).reduce(0, +) / 3 }
        let expected: [(Metric, Int?, Double)] = [
            (.rmse, nil, mean { $0.ratings?.metrics.rmse }), (.mae, nil, mean { $0.ratings?.metrics.mae }),
            (.inside80, nil, mean { $0.ratings?.calibration?.levels[1].share }),
            (.coldRatings, nil, mean { $0.ratings.map { Double($0.coldCount) } }),
            (.ndcg, 3, mean { $0.rankings?.metrics[0].ndcg }), (.ndcg, 5, mean { $0.rankings?.metrics[1].ndcg }),
            (.coverage, 5, mean { $0.rankings?.catalogue[1].coverage }),
            (.coldUsers, nil, mean { $0.rankings.map { Double($0.coldCount) } }), (.fitSeconds, nil, 4),
            (.modelBytes, nil, 100),
        ]
        for (metric, cutoff, value) in expected {
            let found = means.filter { $0.metric == metric && $0.cutoff == cutoff }
            #expect(found.count == 1 && found.allSatisfy { abs($0.value - value) < 1e-12 }, "\(metric)")
        }
        // Every figure appears once, under a unique name.
        #expect(Set(means.map { "\($0.metric) \($0.cutoff ?? 0)" }).count == means.count)
        #expect(means.map(\.metric) == own[0].figures.map(\.metric))
        #expect(comparison.means("C").isEmpty)
    }

    @Test func `pooled fold buckets equal the buckets of all test ratings`() {
        let whole = TestRatings(RatingMatrix.random(users: 125, items: 64, density: 0.2, seed: 2), train: train)
        let pooled = RatingBuckets(whole, predictions: predictions(whole), train: train)
        let byActivity = comparison.buckets("A", { $0.ratings?.buckets.byActivity ?? [] }, isRootMean: true)
        let byPopularity = comparison.buckets("A", { $0.ratings?.buckets.byPopularity ?? [] }, isRootMean: true)
        for (joined, expected) in [(byActivity, pooled.byActivity), (byPopularity, pooled.byPopularity)] {
            #expect(expected.count > 1 && joined.map(\.bucket) == expected.map(\.bucket))
            #expect(joined.map(\.count) == expected.map(\.count))
            #expect(zip(joined, expected).allSatisfy { abs($0.value - $1.value) < 1e-12 })
        }
        let unknown = comparison.buckets("C", { $0.ratings?.buckets.byActivity ?? [] }, isRootMean: true)
        #expect(unknown.isEmpty)
    }

    /// Means over users are pooled as means, not as roots.
    @Test func `pooled nDCG is the mean over all users`() {
        let joined = comparison.buckets("A", { $0.rankings?.ndcgByActivity ?? [] }, isRootMean: false)
        let total = joined.reduce(0) { $0 + Double($1.count) * $1.value }
        let lists = folds.flatMap { fold in
            TestRankings(fold.test, train: train, threshold: 4).lists(of: PopularityModel.fit(train), count: 5)
        }
        let gains = lists.compactMap { $0.ndcg(5) }
        #expect(joined.count > 1 && joined.reduce(0) { $0 + $1.count } == gains.count)
        #expect(abs(total - gains.reduce(0, +)) < 1e-9)
    }
}
