import Evaluation
import FileOutput
import Foundation
import Reports
import TestSupport
import Testing

struct ComparisonReportTests {
    private typealias Object = [String: Any]

    private func parsed(_ report: ComparisonReport) throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? Object)
    }

    @Test func `JSON contains metrics and buckets`() throws {
        let report = try parsed(ReportFixture.report)
        #expect(report["version"] as? String == "1 <0>")
        let options = ["seed": "1", "models": "a<b", "at": "&amp;", "relevant": "4.0"]
        #expect(report["options"] as? [String: String] == options)
        let models = try #require(report["models"] as? [Object])
        #expect(models.compactMap { $0["model"] as? String } == ReportFixture.comparison.models)
        let mean = try #require(models[0]["mean"] as? Object)
        #expect(mean["rmse"] as? Double == 0.5)
        #expect((mean["ndcg@10"] as? Double).map { abs($0 - 1 / log2(5)) < 1e-12 } == true)
        #expect((models[0]["folds"] as? [Object])?.count == 2)
        // Every user has 5 or 6 training ratings; each fold has 32 test ratings.
        let activity = try #require((models[0]["rmse_by_activity"] as? [Object])?.first)
        #expect(activity["bucket"] as? String == "1-19")
        #expect(activity["count"] as? Int == 64)
        #expect(activity["value"] as? Double == 0.5)
        #expect((models[2]["rmse_by_popularity"] as? [Object])?.isEmpty == true)
        #expect((models[2]["ndcg_by_activity"] as? [Object])?.first?["count"] as? Int == 24)
        #expect(models[2]["density"] == nil)
    }

    @Test func `JSON contains differences, overlaps and examples`() throws {
        let report = try parsed(ReportFixture.report)
        let difference = try #require((report["differences"] as? [Object])?.first)
        #expect(
            Set(difference.keys) == [
                "metric", "first", "second", "users", "mean_first", "mean_second", "mean", "lower", "upper", "p",
                "adjusted_p", "effect_size",
            ])
        #expect(difference["effect_size"] as? Double == -1)
        let overlap = try #require((report["overlaps"] as? [Object])?.first)
        #expect(overlap["shared_counts"] as? [Int] == [1, 0, 1, 0])
        #expect(overlap["jaccard"] as? Double == 0.25)
        let example = try #require((report["examples"] as? [Object])?.first)
        let places = try #require((example["lists"] as? [Object])?.first?["places"] as? [Object])
        #expect(places[0]["title"] as? String == "<script>alert(\"1\")</script>")
        #expect(places[0]["lists"] as? Int == 2)
        #expect(places[1]["title"] == nil && places[1]["reason"] == nil)
    }

    @Test func `JSON has null for non-finite numbers`() throws {
        let models = try #require(try parsed(ReportFixture.report)["models"] as? [Object])
        #expect((models[1]["mean"] as? Object)?["predictions_per_second"] is NSNull)
        #expect((models[2]["mean"] as? Object)?["fit_seconds"] is NSNull)
        let losses = try #require((models[0]["losses"] as? [[Any]])?.first)
        #expect(losses.count == 4 && losses[2] is NSNull && losses[3] as? Double == 2)
    }

    @Test func `densities are summed over folds with different scales`() throws {
        let folds = [
            ReportFixture.ratings(error: 0.5), ReportFixture.ratings(error: 0.5, densityOf: ReportFixture.halfStars),
        ]
        let results = folds.enumerated().map { index, ratings in
            ModelResult(
                model: "m", fold: index + 1, ratings: ratings, rankings: nil, fitSeconds: 0, bytes: 0, losses: [])
        }
        let report = ComparisonReport(
            comparison: Comparison(results: results, relevance: 4), examples: [], options: [:],
            arithmetic: ReportFixture.arithmetic, version: "1", source: "s")
        let density = try #require((try parsed(report)["models"] as? [Object])?.first?["density"] as? Object)
        let counts = try #require(density["counts"] as? [[Int]])
        #expect((density["ratings"] as? [Double])?.count == 10 && counts.count == 10)
        #expect(counts.joined().reduce(0, +) == folds.reduce(0) { $0 + $1.metrics.count })
        // There are no half-star ratings, so their rows are empty.
        #expect(counts[2].allSatisfy { $0 == 0 } && counts[3].contains { $0 > 0 })
    }

    @Test func `metrics.csv is a long table`() throws {
        let scratch = try Scratch()
        let folder = try OutputFolder(scratch.path("out"))
        try folder.write("metrics.csv", ReportFixture.plainReport.writeMetrics)
        try folder.commit()
        let lines = String(decoding: try scratch.read("out/metrics.csv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.prefix(2) == ["model,fold,metric,at,value", "mean,1,rmse,,1.0"])
        #expect(lines.contains("mean,mean,model_bytes,,8.0"))
    }
}
