import Foundation
import Privacy

extension Audience {
    /// A comparison of models, as JSON. Applications get it without the examples, which show the ratings of a user, and with the
    /// groups by activity that have enough users alone, as the counts of nDCG tell. Where one is too small, the next smallest is left
    /// out with it: its figure would follow from the mean over all. Of how many people groups of items
    /// and cells of predicted by given ratings are is not kept.
    func comparison(_ json: String, hiding group: SmallestGroup) throws -> Data {
        let bytes = Data(json.utf8)
        guard !namesUsers, var report = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
            return bytes
        }
        report["examples"] = [Any]()
        report["models"] = (report["models"] as? [[String: Any]] ?? []).map { Self.told($0, hiding: group) }
        return try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func told(_ model: [String: Any], hiding group: SmallestGroup) -> [String: Any] {
        func buckets(_ key: String) -> [[String: Any]] { model[key] as? [[String: Any]] ?? [] }
        let counts = buckets("ndcg_by_activity").compactMap { bucket in
            (bucket["bucket"] as? String).flatMap { name in (bucket["count"] as? Int).map { (name: name, users: $0) } }
        }
        var shown = counts.filter { group.allows($0.users) }
        let known = Set(
            (buckets("rmse_by_activity") + buckets("ndcg_by_activity")).compactMap { $0["bucket"] as? String })
        if known.count - shown.count == 1, let least = shown.map(\.users).min() {
            shown.removeAll { $0.users == least }
        }
        let names = group.size == 1 ? known : Set(shown.map(\.name))
        var told = model
        for key in ["rmse_by_activity", "ndcg_by_activity"] {
            told[key] = buckets(key).filter { ($0["bucket"] as? String).map(names.contains) ?? false }
        }
        if group.size > 1 {
            told["rmse_by_popularity"] = [Any]()
            told["density"] = nil
        }
        return told
    }
}
