import Engine
import Evaluation
import FileOutput
import LinearAlgebra
import Ratings
import Reports
import TestSupport
import Testing

struct ReplayReportTests {
    private func report(_ count: Int = 600, source: String = "a <source>") throws -> ReplayReport {
        var generator = SeededGenerator(seed: 3)
        var rows: [String: Float] = [:]
        let pairs = (0..<count).map { step in (generator.next(below: 10 + step / 20), generator.next(below: 20)) }
        for (user, item) in pairs { rows["\(user) \(item)"] = Float(1 + generator.next(below: 5)) }
        let unique = pairs.enumerated().filter { step, pair in
            pairs.firstIndex { $0 == pair } == step
        }.map { $0.element }
        let (users, items) = (Vocabulary(unique.map { "\($0.0)" }), Vocabulary(unique.map { "\($0.1)" }))
        let entries = RatingEntries(
            users: unique.map { Int32(users.index(of: "\($0.0)") ?? 0) },
            items: unique.map { Int32(items.index(of: "\($0.1)") ?? 0) },
            values: unique.map { rows["\($0.0) \($0.1)"] ?? 0 },
            timestamps: unique.indices.map { 900_000_000 + 1_000 * Int64($0) })
        let matrix = try RatingMatrix.assemble([entries], users: users, items: items).matrix
        var configuration = StreamConfiguration()
        configuration.window = 100
        return ReplayReport(
            source: source, version: "1.2.3", options: ["window": "100"], configuration: configuration,
            likeThreshold: 4, replay: try Replay(matrix, configuration, likeThreshold: 4, batch: 7))
    }

    @Test func `the curve has a line for each point, model and kind of user`() throws {
        let (report, scratch) = (try report(), try Scratch())
        let folder = try OutputFolder(scratch.path("out"))
        try report.write(to: folder)
        try folder.commit()
        #expect(try Scratch.names(in: scratch, "out") == ["replay.html", "stream_error.csv", "summary.json"])
        let lines = String(decoding: try scratch.read("out/stream_error.csv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 + 6 * report.replay.points.count)
        #expect(lines[0].split(separator: ",").count == 14)
        #expect(lines.allSatisfy { $0.count { $0 == "," } == 13 })
        let last = try #require(report.replay.points.last)
        let end = lines.suffix(6).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(end.map { $0[2] } == ["baseline", "popularity", "als", "baseline", "popularity", "als"])
        #expect(end.map { $0[3] } == ["all", "all", "all", "new", "new", "new"])
        for (fields, part) in zip(end, last.total) {
            #expect(fields[0] == "\(last.ratings)" && fields[9] == "\(part.sums.count)")
            #expect(fields[10] == part.sums.rmse.map { "\($0)" } ?? "")
        }
        // Popularity predicts no ratings.
        #expect(end[1][10].isEmpty && !end[1][13].isEmpty)
    }

    @Test func `summary and page are the same for the same replay`() throws {
        let (one, two) = (try report(), try report())
        #expect(try one.json == two.json && one.html == two.html)
        #expect(try one.json.contains("\"hit_rate\"") && one.json.contains("\"new_users_below\" : 10"))
    }

    @Test func `the page is well-formed, with the baseline in every chart of errors`() throws {
        let report = try report()
        let parsed = try ParsedPage(report.html)
        #expect(parsed.elements.count { $0.name == "svg" && $0.attributes["role"] == "img" } == 5)
        let ids = parsed.values("id")
        #expect(Set(ids).count == ids.count)
        #expect(report.html.contains("a &lt;source&gt;") && !report.html.contains("<script"))
        let descriptions = parsed.texts("desc")
        #expect(descriptions.count { $0.contains("baseline: ") && $0.contains("als: ") } == 3)
    }

    @Test func `no ratings make a page too`() throws {
        let configuration = StreamConfiguration()
        let empty = RatingMatrix(rows: [], itemCount: 0)
        let report = ReplayReport(
            source: "empty", version: "1", options: [:], configuration: configuration, likeThreshold: 4,
            replay: try Replay(empty, configuration, likeThreshold: 4))
        #expect(try ParsedPage(report.html).texts("p")[0] == "There are no ratings.")
        #expect(try report.json.contains("\"ratings\" : 0"))
    }
}

extension Scratch {
    fileprivate static func names(in scratch: Scratch, _ folder: String) throws -> [String] {
        scratch.contents.keys.filter { $0.hasPrefix("\(folder)/") }.map { String($0.dropFirst(folder.count + 1)) }
            .sorted()
    }
}
