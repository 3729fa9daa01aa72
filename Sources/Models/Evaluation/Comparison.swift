/// Results of models on the same test ratings, by fold, and their differences.
public struct Comparison: Sendable {
    /// By fold, then in model order.
    public let results: [ModelResult]
    /// The minimum rating of a like: of a relevant test rating, and of what models take for one.
    public let relevance: Float
    /// Every pair of models on the same users, for RMSE and for nDCG.
    public let differences: [PairedDifference]
    /// Every pair of models that rank.
    public let overlaps: [ModelOverlap]

    /// Creates a comparison.
    public init(
        results: [ModelResult], relevance: Float, differences: [PairedDifference] = [], overlaps: [ModelOverlap] = []
    ) {
        self.results = results
        self.relevance = relevance
        self.differences = differences
        self.overlaps = overlaps
    }

    /// The models in the order given.
    public var models: [String] {
        results.filter { $0.fold == 1 }.map(\.model)
    }

    /// The number of folds.
    public var foldCount: Int { results.reduce(0) { max($0, $1.fold) } }

    /// The figures of a model, averaged over folds.
    public func means(_ model: String) -> [ModelResult.Figure] {
        let own = results.filter { $0.model == model }.map(\.figures)
        return (own.first ?? []).indices.map { place in
            let mean = own.reduce(0) { $0 + $1[place].value } / Double(own.count)
            return ModelResult.Figure(own[0][place].metric, own[0][place].cutoff, mean)
        }
    }

    /// RMSE or nDCG by bucket over all folds, pooled by counts.
    public func buckets(
        _ model: String, _ groups: (ModelResult) -> [RatingBuckets.Group], isRootMean: Bool
    ) -> [RatingBuckets.Group] {
        let all = results.filter { $0.model == model }.flatMap(groups)
        return CountBucket.all.compactMap { bucket in
            let own = all.filter { $0.bucket == bucket }
            let count = own.reduce(0) { $0 + $1.count }
            guard count > 0 else { return nil }
            let sum = own.reduce(0) { $0 + Double($1.count) * (isRootMean ? $1.value * $1.value : $1.value) }
            let mean = sum / Double(count)
            return RatingBuckets.Group(bucket: bucket, count: count, value: isRootMean ? mean.squareRoot() : mean)
        }
    }
}
