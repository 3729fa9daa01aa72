/// The result of one model on one fold.
public struct ModelResult: Sendable {
    /// The results of rating prediction.
    public struct Ratings: Sendable {
        /// The error metrics.
        public let metrics: RatingMetrics
        /// nil for models without uncertainty.
        public let calibration: Calibration?
        /// RMSE by activity of the user and popularity of the item.
        public let buckets: RatingBuckets
        /// The distribution of predictions.
        public let density: PredictionDensity
        /// Test ratings whose user or item has no training ratings; included in the metrics.
        public let coldCount: Int
        /// Predictions per second of wall-clock time.
        public let predictionsPerSecond: Double

        /// Creates a result.
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

    /// The results of item ranking.
    public struct Rankings: Sendable {
        /// One per cut-off, as `catalogue`.
        public let metrics: [RankingMetrics]
        /// Catalogue metrics, one per cut-off.
        public let catalogue: [CatalogueMetrics]
        /// nDCG@10 by the user's number of training ratings.
        public let ndcgByActivity: [RatingBuckets.Group]
        /// Test users without training ratings, who get popular items; included in the metrics.
        public let coldCount: Int
        /// Lists per second of wall-clock time.
        public let listsPerSecond: Double

        /// Creates a result.
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

    /// A single metric value.
    public struct Figure: Sendable, Equatable {
        /// The name of the metric.
        public let metric: Metric
        /// The cut-off of a ranking metric.
        public let cutoff: Int?
        /// The value.
        public let value: Double

        init(_ metric: Metric, _ cutoff: Int?, _ value: Double) {
            self.metric = metric
            self.cutoff = cutoff
            self.value = value
        }
    }

    /// The name of the model.
    public let model: String
    /// Counted from 1.
    public let fold: Int
    /// nil for models that do not predict ratings.
    public let ratings: Ratings?
    /// nil for models that do not rank.
    public let rankings: Rankings?
    /// Wall-clock seconds; nil for a model that was fitted elsewhere.
    public let fitSeconds: Double?
    /// The memory of the fitted model in bytes, without the shared ratings.
    public let bytes: Int
    /// The training loss after each half-step or sweep; empty for models without losses.
    public let losses: [Double]

    /// Creates a result.
    public init(
        model: String, fold: Int, ratings: Ratings?, rankings: Rankings?, fitSeconds: Double?, bytes: Int,
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

    /// Every figure by name and cut-off, as listed in `metrics.csv`.
    public var figures: [Figure] {
        (ratings.map(figures) ?? []) + (rankings.map(figures) ?? [])
            + (fitSeconds.map { [Figure(.fitSeconds, nil, $0)] } ?? []) + [Figure(.modelBytes, nil, Double(bytes))]
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
