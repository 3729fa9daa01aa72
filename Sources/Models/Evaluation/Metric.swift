/// A figure of a comparison, by the name that `metrics.csv` and `report.json` give it.
public enum Metric: String, Sendable, CaseIterable {
    // Predicted ratings.
    case rmse, mae
    case rSquared = "r_squared"
    case testRatings = "test_ratings"
    case coldRatings = "cold_ratings"
    case predictionsPerSecond = "predictions_per_second"
    /// The share of ratings inside the intervals that should hold 50 %, 80 % and 95 % of them.
    case inside50 = "inside_50"
    case inside80 = "inside_80"
    case inside95 = "inside_95"
    // Ranked items, at a cut-off.
    case ndcg, recall, precision, map, mrr
    case hitRate = "hit_rate"
    case coverage, gini, novelty, diversity
    // Ranked items, of all lists.
    case testUsers = "test_users"
    case skippedUsers = "skipped_users"
    case coldUsers = "cold_users"
    case listsPerSecond = "lists_per_second"
    // The fit.
    case fitSeconds = "fit_seconds"
    case modelBytes = "model_bytes"

    /// Whether smaller is better: errors, seconds and bytes.
    public var isLowerBetter: Bool {
        switch self {
        case .rmse, .mae, .fitSeconds, .modelBytes: true
        default: false
        }
    }
}
