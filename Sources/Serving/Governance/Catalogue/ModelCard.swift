import FileOutput
import Foundation
import Store

/// What one should know of a model before relying on it: data, parameters, how well it did, for whom, and its limits.
public struct ModelCard: Sendable, Encodable {
    public let model: String
    /// The run of the store that fitted it; nil for a model in a folder.
    public let run: Int64?
    /// The folder that it was saved to; nil for a model of a run.
    public let folder: String?
    /// The SHA-256 of `model.json` in the folder, which has those of all other files.
    public let checksum: String?
    /// The version of the ratings that it was fitted on, as lineage counts them; nil for a model of a run, whose run has one.
    public let dataVersion: Int?
    /// When the run began, or the folder was written, in seconds since 1970.
    public let fitted: Int64
    /// nil where an earlier version of the program saved the model.
    public let ratings: Int?
    public let users: Int?
    public let items: Int?
    /// The parameters, as options of the command line write them.
    public let parameters: String
    /// The training loss at the end of the fit, where it is known.
    public let loss: Double?
    /// Means over held-out ratings, by metric; those of a comparison that an earlier run made are of that run.
    public let metrics: [Figure]
    /// The same by groups of users or items.
    public internal(set) var groups: [Group]
    public let comparedRun: Int64?
    public let limits: [String]

    public struct Figure: Sendable, Encodable {
        public let name: String
        public let value: Double
    }

    public struct Group: Sendable, Encodable {
        /// Such as `RMSE by activity`.
        public let figure: String
        /// Such as the number of ratings of its users.
        public let group: String
        /// Held-out ratings for RMSE, users for nDCG.
        public let count: Int
        public let value: Double
    }

    /// Cards of the models of the newest run; none where there is no run that can be read.
    static func ofNewestRun(_ store: Store) throws(StoreError) -> [ModelCard] {
        let newest: (run: StoredRun, files: [String: Data])?
        do { newest = try store.newestRun() } catch .inconsistent { return [] }
        guard let (run, files) = newest else { return [] }
        let options = (try? ForeignJSON.decode([String: String].self, from: Data(run.options.utf8))) ?? [:]
        let comparison = files["comparison.json"].flatMap { try? ForeignJSON.decode(Comparison.self, from: $0) }
        return (options["models"] ?? "").split(separator: ",").map { name in
            ModelCard(String(name), run, options, comparison)
        }
    }

    private init(_ model: String, _ run: StoredRun, _ options: [String: String], _ comparison: Comparison?) {
        func figure(_ name: String) -> Int? {
            run.metrics.first { $0.model.isEmpty && $0.metric == name }.flatMap { Int(exactly: $0.value) }
        }
        self.model = model
        (self.run, fitted, ratings) = (run.number, run.started, run.ratings)
        (folder, checksum, dataVersion, loss) = (nil, nil, nil, nil)
        (users, items) = (figure("users"), figure("items"))
        parameters = options[model] ?? ""
        metrics = run.metrics.filter { $0.model == model }.map { Figure(name: $0.metric, value: $0.value) }
        let compared = comparison?.models.first { $0.model == model }
        groups = compared?.groups ?? []
        comparedRun =
            switch run.comparison {
            case .own where !metrics.isEmpty: run.number
            case .kept(let earlier, _) where !metrics.isEmpty: earlier
            default: nil
            }
        limits =
            Self.limits(of: model)
            + (metrics.isEmpty ? ["This model was not compared: nothing is known of its errors."] : [])
    }

    /// What is read of `comparison.json`.
    private struct Comparison: Decodable {
        let models: [Model]

        struct Model: Decodable {
            let model: String
            let rmse_by_activity: [Bucket]?
            let rmse_by_popularity: [Bucket]?
            let ndcg_by_activity: [Bucket]?

            struct Bucket: Decodable {
                let bucket: String
                let count: Int
                let value: Double?
            }

            /// Groups of users appear where they have `Catalog.smallestGroup` or more, as the counts of nDCG tell. Where one is
            /// smaller, the next smallest is left out with it: its figure would follow from the mean over all.
            var groups: [Group] {
                let users = ndcg_by_activity ?? []
                var shown = users.filter { $0.count >= Catalog.smallestGroup }
                let known = Set(users.map(\.bucket)).union((rmse_by_activity ?? []).map(\.bucket))
                if known.count - shown.count == 1, let least = shown.map(\.count).min() {
                    shown.removeAll { $0.count == least }
                }
                let names = Set(shown.map(\.bucket))
                let named: KeyValuePairs = [
                    "RMSE by number of the user's ratings": rmse_by_activity?.filter { names.contains($0.bucket) },
                    "RMSE by number of the item's ratings": rmse_by_popularity,
                    "nDCG@10 by number of the user's ratings": shown,
                ]
                return named.flatMap { name, buckets in
                    (buckets ?? []).compactMap { bucket in
                        bucket.value.map { Group(figure: name, group: bucket.bucket, count: bucket.count, value: $0) }
                    }
                }
            }
        }
    }

    static func limits(of model: String) -> [String] {
        let own: String? =
            switch model {
            case "popularity": "It recommends the same items to everybody but for those a user has rated."
            case "knn", "itemknn": "It knows nothing of users and items that share no ratings with others."
            case "als", "bayes", "blend": "Predictions for users and items with few ratings stay close to the means."
            case "implicit": "Its scores rank items; they are no ratings."
            default: nil
            }
        return (own.map { [$0] } ?? []) + [
            "It has learned from the users of this store alone; others may like other things.",
            "Users with few ratings are served worse: see the metrics by group.",
            "It is meant for recommending items. It is not meant for judging people.",
        ]
    }
}
