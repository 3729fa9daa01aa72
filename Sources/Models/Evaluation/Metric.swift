/// A figure of a comparison, by the name that `metrics.csv` and `report.json` give it.
public enum Metric: String, Sendable, CaseIterable {
    /// Root mean square error of the predicted ratings.
    case rmse
    /// Mean absolute error of the predicted ratings.
    case mae
    /// Share of the variance of the ratings that the predictions explain.
    case rSquared = "r_squared"
    /// Number of test ratings.
    case testRatings = "test_ratings"
    /// Number of test ratings by users or of items without training ratings.
    case coldRatings = "cold_ratings"
    /// Predictions per second.
    case predictionsPerSecond = "predictions_per_second"
    /// Share of ratings inside the 50 % intervals.
    case inside50 = "inside_50"
    /// Share of ratings inside the 80 % intervals.
    case inside80 = "inside_80"
    /// Share of ratings inside the 95 % intervals.
    case inside95 = "inside_95"
    /// Normalized discounted cumulative gain at a cut-off.
    case ndcg
    /// Share of the relevant items that are on the list.
    case recall
    /// Share of the list that is relevant.
    case precision
    /// Mean average precision.
    case map
    /// Mean reciprocal rank of the first relevant item.
    case mrr
    /// Share of users with a relevant item on the list.
    case hitRate = "hit_rate"
    /// Share of the catalog that is on any list.
    case coverage
    /// Gini coefficient of how often items are on lists.
    case gini
    /// Mean self-information of the listed items, in bits.
    case novelty
    /// Mean dissimilarity of the items of a list.
    case diversity
    /// Number of test users.
    case testUsers = "test_users"
    /// Number of users without a relevant test item, who are left out of rankings.
    case skippedUsers = "skipped_users"
    /// Number of test users without training ratings.
    case coldUsers = "cold_users"
    /// Lists per second.
    case listsPerSecond = "lists_per_second"
    /// Wall-clock seconds of the fit.
    case fitSeconds = "fit_seconds"
    /// Bytes of the fitted model.
    case modelBytes = "model_bytes"

    /// Whether smaller is better: errors, seconds and bytes.
    public var isLowerBetter: Bool {
        switch self {
        case .rmse, .mae, .fitSeconds, .modelBytes: true
        default: false
        }
    }
}
