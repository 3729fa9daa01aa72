/// How models did on the same test ratings, fold by fold.
public struct Comparison: Sendable {
    /// One model on one fold.
    public struct Result: Sendable {
        public let model: String
        /// Counted from 1.
        public let fold: Int
        /// nil for a model that does not predict ratings.
        public let ratings: RatingMetrics?
        /// One for each cut-off; none for a model that does not rank.
        public let rankings: [RankingMetrics]
        /// Test ratings by users or of items without training ratings; they are in the metrics.
        public let coldCount: Int
        /// Wall-clock seconds.
        public let fitSeconds: Double

        public init(
            model: String, fold: Int, ratings: RatingMetrics?, rankings: [RankingMetrics], coldCount: Int,
            fitSeconds: Double
        ) {
            self.model = model
            self.fold = fold
            self.ratings = ratings
            self.rankings = rankings
            self.coldCount = coldCount
            self.fitSeconds = fitSeconds
        }

        /// Every figure by its name and cut-off, as `metrics.csv` lists them.
        public var figures: [Figure] {
            var figures: [Figure] = []
            if let ratings {
                figures += [
                    Figure("rmse", nil, ratings.rmse), Figure("mae", nil, ratings.mae),
                    Figure("r_squared", nil, ratings.rSquared), Figure("test_ratings", nil, Double(ratings.count)),
                    Figure("cold_ratings", nil, Double(coldCount)),
                ]
            }
            for ranking in rankings {
                figures += [
                    Figure("ndcg", ranking.cutoff, ranking.ndcg), Figure("recall", ranking.cutoff, ranking.recall),
                    Figure("precision", ranking.cutoff, ranking.precision), Figure("map", ranking.cutoff, ranking.map),
                    Figure("mrr", ranking.cutoff, ranking.mrr), Figure("hit_rate", ranking.cutoff, ranking.hitRate),
                ]
            }
            if let ranking = rankings.first {
                figures += [
                    Figure("test_users", nil, Double(ranking.userCount)),
                    Figure("skipped_users", nil, Double(ranking.skippedUserCount)),
                ]
            }
            return figures + [Figure("fit_seconds", nil, fitSeconds)]
        }
    }

    /// One number of a result.
    public struct Figure: Sendable, Equatable {
        public let metric: String
        /// The cut-off of a ranking metric.
        public let cutoff: Int?
        public let value: Double

        init(_ metric: String, _ cutoff: Int?, _ value: Double) {
            self.metric = metric
            self.cutoff = cutoff
            self.value = value
        }
    }

    /// By fold, and in the order of the models within.
    public let results: [Result]

    public init(results: [Result]) {
        self.results = results
    }

    /// The models in the order they were named.
    public var models: [String] {
        results.filter { $0.fold == 1 }.map(\.model)
    }

    /// The figures of one model as means over the folds.
    public func means(_ model: String) -> [Figure] {
        let own = results.filter { $0.model == model }.map(\.figures)
        return (own.first ?? []).indices.map { place in
            let mean = own.reduce(0) { $0 + $1[place].value } / Double(own.count)
            return Figure(own[0][place].metric, own[0][place].cutoff, mean)
        }
    }
}
