/// One model on one fold.
public struct ModelResult: Sendable {
    /// What a model that predicts ratings is judged by.
    public struct Ratings: Sendable {
        public let metrics: RatingMetrics
        /// nil for a model that does not say how sure it is.
        public let calibration: Calibration?
        public let buckets: RatingBuckets
        public let density: PredictionDensity
        /// Test ratings by users or of items without training ratings; they are in the metrics.
        public let coldCount: Int
        public let predictionsPerSecond: Double

        public init(
            metrics: RatingMetrics, calibration: Calibration?, buckets: RatingBuckets, density: PredictionDensity,
            coldCount: Int, predictionsPerSecond: Double
        ) {
            self.metrics = metrics
            self.calibration = calibration
            self.buckets = buckets
            self.density = density
            self.coldCount = coldCount
            self.predictionsPerSecond = predictionsPerSecond
        }
    }

    /// What a model that ranks items is judged by.
    public struct Rankings: Sendable {
        /// One for each cut-off, as is `catalogue`.
        public let metrics: [RankingMetrics]
        public let catalogue: [CatalogueMetrics]
        /// nDCG@10 by the number of the user's training ratings.
        public let ndcgByActivity: [RatingBuckets.Group]
        /// Test users without a training rating, answered by what is popular; they are in the metrics.
        public let coldCount: Int
        public let listsPerSecond: Double

        public init(
            metrics: [RankingMetrics], catalogue: [CatalogueMetrics], ndcgByActivity: [RatingBuckets.Group],
            coldCount: Int, listsPerSecond: Double
        ) {
            self.metrics = metrics
            self.catalogue = catalogue
            self.ndcgByActivity = ndcgByActivity
            self.coldCount = coldCount
            self.listsPerSecond = listsPerSecond
        }
    }

    /// One number of a result.
    public struct Figure: Sendable, Equatable {
        public let metric: Metric
        /// The cut-off of a ranking metric.
        public let cutoff: Int?
        public let value: Double

        init(_ metric: Metric, _ cutoff: Int?, _ value: Double) {
            self.metric = metric
            self.cutoff = cutoff
            self.value = value
        }
    }

    public let model: String
    /// Counted from 1.
    public let fold: Int
    public let ratings: Ratings?
    public let rankings: Rankings?
    /// Wall-clock seconds.
    public let fitSeconds: Double
    /// What the fitted model holds, without the ratings it shares with the others.
    public let bytes: Int
    /// The training loss after each half-step or sweep; empty for a model without.
    public let losses: [Double]

    public init(
        model: String, fold: Int, ratings: Ratings?, rankings: Rankings?, fitSeconds: Double, bytes: Int,
        losses: [Double]
    ) {
        self.model = model
        self.fold = fold
        self.ratings = ratings
        self.rankings = rankings
        self.fitSeconds = fitSeconds
        self.bytes = bytes
        self.losses = losses
    }

    /// Every figure by its name and cut-off, as `metrics.csv` lists them.
    public var figures: [Figure] {
        (ratings.map(figures) ?? []) + (rankings.map(figures) ?? [])
            + [Figure(.fitSeconds, nil, fitSeconds), Figure(.modelBytes, nil, Double(bytes))]
    }

    private func figures(_ ratings: Ratings) -> [Figure] {
        let metrics = ratings.metrics
        let calibration = (ratings.calibration?.levels ?? []).compactMap { level in
            Metric(rawValue: "inside_\(Int((100 * level.level).rounded()))").map { Figure($0, nil, level.share) }
        }
        return [
            Figure(.rmse, nil, metrics.rmse), Figure(.mae, nil, metrics.mae),
            Figure(.rSquared, nil, metrics.rSquared), Figure(.testRatings, nil, Double(metrics.count)),
            Figure(.coldRatings, nil, Double(ratings.coldCount)),
            Figure(.predictionsPerSecond, nil, ratings.predictionsPerSecond),
        ] + calibration
    }

    private func figures(_ rankings: Rankings) -> [Figure] {
        let byCutoff = zip(rankings.metrics, rankings.catalogue).flatMap { metrics, catalogue in
            let k = metrics.cutoff
            return [
                Figure(.ndcg, k, metrics.ndcg), Figure(.recall, k, metrics.recall),
                Figure(.precision, k, metrics.precision), Figure(.map, k, metrics.map),
                Figure(.mrr, k, metrics.mrr), Figure(.hitRate, k, metrics.hitRate),
                Figure(.coverage, k, catalogue.coverage), Figure(.gini, k, catalogue.gini),
                Figure(.novelty, k, catalogue.novelty), Figure(.diversity, k, catalogue.diversity),
            ]
        }
        let counts = rankings.metrics.first.map { metrics in
            [
                Figure(.testUsers, nil, Double(metrics.userCount)),
                Figure(.skippedUsers, nil, Double(metrics.skippedUserCount)),
                Figure(.coldUsers, nil, Double(rankings.coldCount)),
            ]
        }
        return byCutoff + (counts ?? []) + [Figure(.listsPerSecond, nil, rankings.listsPerSecond)]
    }
}
