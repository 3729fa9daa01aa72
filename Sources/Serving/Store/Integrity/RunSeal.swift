import Foundation
import Platform

/// Checksums of a run and of the files that it left.
enum RunSeal {
    /// Of all that is told of a run.
    static func run(_ run: StoredRun) -> Data {
        var texts = ["\(run.number)", "\(run.token)", run.kind, "\(run.started)", "\(run.seconds)", "\(run.ratings)"]
        texts += [run.options, run.version]
        switch run.comparison {
        case nil: texts.append("none")
        case .own: texts.append("own")
        case .kept(let earlier, let changed): texts += ["\(earlier)", "\(changed)"]
        }
        let metrics = run.metrics.filter(\.value.isFinite).sorted { ($0.model, $0.metric) < ($1.model, $1.metric) }
        for metric in metrics { texts += ["metric", metric.model, metric.metric, "\(metric.value)"] }
        for stage in run.stages { texts += ["stage", stage.stage, "\(stage.seconds)"] }
        return digest(texts)
    }

    /// Of a list of files with their checksums, in any order.
    static func files(_ files: [(name: String, sha256: Data)]) -> Data {
        digest(files.map { "\($0.name) \([UInt8]($0.sha256).hexadecimal)" }.sorted())
    }

    /// Each text with its length before it, so that no two lists have the same bytes.
    private static func digest(_ texts: [String]) -> Data {
        Data(sha256(Data(texts.map { "\($0.utf8.count):\($0)" }.joined().utf8)))
    }
}

extension RowSeal {
    /// Of a place on a list, by the ids that people know.
    static func recommendation(
        ofRun token: Int64, user: String, model: String, place: Int, item: String, predictedRating: Double?,
        score: Double?
    ) -> Int64 {
        var seal = RowSeal()
        seal.add(token)
        for text in [user, model, item] { seal.add(text) }
        seal.add(Int64(place))
        seal.add(predictedRating)
        seal.add(score)
        return seal.value
    }
}
