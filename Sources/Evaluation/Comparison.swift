/// How models did on the same test ratings, fold by fold.
public struct Comparison: Sendable {
    /// One model on one fold.
    public struct Result: Sendable {
        public let model: String
        /// Counted from 1.
        public let fold: Int
        public let metrics: RatingMetrics
        /// Test ratings by users or of items without training ratings; they are in the metrics.
        public let coldCount: Int
        /// Wall-clock seconds.
        public let fitSeconds: Double
        /// Wall-clock seconds for all predictions of the fold.
        public let predictionSeconds: Double

        public init(
            model: String, fold: Int, metrics: RatingMetrics, coldCount: Int, fitSeconds: Double,
            predictionSeconds: Double
        ) {
            self.model = model
            self.fold = fold
            self.metrics = metrics
            self.coldCount = coldCount
            self.fitSeconds = fitSeconds
            self.predictionSeconds = predictionSeconds
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

    /// The mean over the folds of one model.
    public func mean(_ model: String, _ value: (Result) -> Double) -> Double {
        let own = results.filter { $0.model == model }
        return own.reduce(0) { $0 + value($1) } / Double(own.count)
    }
}
