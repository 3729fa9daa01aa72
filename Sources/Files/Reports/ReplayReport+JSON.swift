import Engine
import Evaluation
import FileOutput
import Foundation

extension ReplayReport {
    /// The number of leading places of a list that are looked at, as in `hit_rate@10`.
    var cutoff: Int { configuration.listLength }

    static func fields(_ sums: ErrorSums) -> String {
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        return "\(sums.count),\(text(sums.rmse)),\(text(sums.mae)),\(sums.likes),\(text(sums.hitRate))"
    }

    /// `summary.json`: the figures at the end of the replay, and the changes of the error. Keys are sorted snake case.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let last = replay.points.last
            let parts = zip(last?.window ?? [], last?.total ?? [])
            let document = Document(
                source: source, version: version, options: options, ratings: last?.ratings ?? 0,
                likesFrom: likeThreshold, listLength: configuration.listLength, window: configuration.window,
                newUsersBelow: configuration.newUserLimit,
                errors: parts.map { Document.Part($0, $1) }, drifts: replay.drifts.map(Document.Drift.init))
            return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
        }
    }
}

private struct Document: Encodable {
    let source: String
    let version: String
    let options: [String: String]
    let ratings: Int
    let likesFrom: Float
    let listLength: Int
    let window: Int
    let newUsersBelow: Int
    let errors: [Part]
    let drifts: [Drift]

    struct Part: Encodable {
        let model: String
        let users: String
        let total: Figures
        let window: Figures

        init(_ window: PrequentialError.Part, _ total: PrequentialError.Part) {
            model = total.model
            users = total.users.rawValue
            self.total = Figures(total.sums)
            self.window = Figures(window.sums)
        }
    }

    /// Figures that are not there are left out.
    struct Figures: Encodable {
        let count: Int
        let rmse: Double?
        let mae: Double?
        let likes: Int
        let hits: Int
        let hitRate: Double?

        init(_ sums: ErrorSums) {
            (count, likes, hits) = (sums.count, sums.likes, sums.hits)
            (rmse, mae, hitRate) = (sums.rmse, sums.mae, sums.hitRate)
        }
    }

    struct Drift: Encodable {
        let model: String
        let ratings: Int
        let maeBefore: Double
        let maeAfter: Double

        init(_ drift: PrequentialError.Drift) {
            (model, ratings) = (drift.model, drift.count)
            (maeBefore, maeAfter) = (drift.before, drift.after)
        }
    }
}
