import Evaluation
import FileOutput

extension HTMLPage {
    /// The best models for ratings and for rankings, with significance.
    var answer: Markup {
        let ratings = Leader(.rmse, in: report).map {
            sentence($0, does: "predicts ratings", metric: "RMSE")
        }
        let rankings = Leader(.ndcg, at: ComparisonReport.cutoff, in: report).map {
            sentence($0, does: "ranks items", metric: "nDCG@\(ComparisonReport.cutoff)")
        }
        return [ratings, rankings].compactMap { $0 }.reduce("") { $0.text.isEmpty ? $1 : "\($0) \($1)" }
    }

    private func sentence(_ leader: Leader, does: String, metric: String) -> Markup {
        let name: Markup = "<strong class=\"name \(mark(of: leader.model)?.cssClass ?? "")\">\(leader.model)</strong>"
        let value = leader.value.fixed(4)
        guard let second = leader.runnerUp else { return "\(name) \(does) with \(metric) \(value)." }
        let lead: Markup = "\(name) \(does) best: \(metric) \(value)"
        let other: Markup = "than \(second.model) (\(second.value.fixed(4))"
        guard let p = leader.adjustedPValue else { return "\(lead), better \(other); not tested for significance)." }
        let verdict = leader.isSignificant ? "significantly better" : "though not significantly better"
        let chance: Markup = "<span class=\"nowrap\">adjusted p \(p < 0.001 ? "" : "= ")\(p.pValue)</span>"
        return "\(lead), \(verdict) \(other), \(chance))."
    }
}
