import Foundation
import TestSupport
import Testing

/// `kindred replay`.
struct ReplayTests {
    private let scratch: Scratch
    private static let names = ["replay.html", "stream_error.csv", "summary.json"]

    init() throws { scratch = try Scratch() }

    private func replay(_ output: String, _ more: String...) throws -> Program.Outcome {
        try Program.run(
            Program.url, ["replay", sample, "--restarts", "1", "--output", scratch.path(output)] + more)
    }

    @Test func `a replay gives the same bytes at any number of threads`() throws {
        let one = try replay("one", "--threads", "1", "--json")
        #expect(one.status == 0, "\(one.errors)")
        #expect(try replay("two", "--threads", "2", "--quiet").status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("one")).sorted() == Self.names)
        for name in Self.names { #expect(try scratch.read("one/\(name)") == scratch.read("two/\(name)")) }
        let summary = try one.json([String: Any].self)
        let errors = try #require(summary["errors"] as? [[String: Any]])
        #expect(
            errors.map { $0["model"] as? String } == ["baseline", "popularity", "als", "baseline", "popularity", "als"])
        let total = errors.compactMap { ($0["total"] as? [String: Any])?["rmse"] as? Double }
        // The sample is made of communities, which als has no factors for.
        #expect(total.count == 4 && abs(total[1] - total[0]) < 0.02, "\(total)")
        #expect(try scratch.read("one/summary.json") == Data(one.output.utf8))
    }

    @Test func `the table says figures over all, of the window and of new users`() throws {
        let outcome = try replay("out", "--models", "als", "--window", "500", "--batch", "20")
        #expect(outcome.status == 0, "\(outcome.errors)")
        for text in [
            "each predicted before it was learned", "The last 500", "fewer than 10 ratings before", "Written to",
        ] {
            #expect(outcome.output.contains(text), "\(text)")
        }
        #expect(!outcome.output.contains("popularity"))
    }

    @Test func `ratings without times are refused`() throws {
        let outcome = try Program.run("replay", try scratch.sixUsers(), "--output", scratch.path("out"))
        #expect(outcome.status == 1 && outcome.errors.contains("the ratings have no timestamps"))
        #expect(scratch.names == ["ratings.csv"])
    }

    @Test func `a model that cannot follow a stream is refused`() throws {
        let outcome = try Program.run("replay", sample, "--models", "bayes", "--output", scratch.path("out"))
        #expect(outcome.status == 64 && outcome.errors.contains("bayes cannot follow a stream"))
    }
}
