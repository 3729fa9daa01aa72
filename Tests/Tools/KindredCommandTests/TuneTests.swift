import Foundation
import TestSupport
import Testing

/// `kindred tune`, and `compare --tune`.
struct TuneTests {
    let scratch: Scratch
    private static let names = ["config.toml", "trials.csv", "tuning.html"]

    init() throws { scratch = try Scratch() }

    private func arguments(_ output: String, _ more: [String] = []) -> [String] {
        ["tune", sample, "--models", "als,knn,ease", "--trials", "9", "--output", scratch.path(output), "--quiet"]
            + more
    }

    private func files(_ output: String) throws -> [Data] { try Self.names.map { try scratch.read("\(output)/\($0)") } }

    @Test func `tuning gives the same bytes at any number of threads`() throws {
        let one = try Program.run(Program.url, arguments("one", ["--threads", "1", "--json"]))
        #expect(one.status == 0, "\(one.errors)")
        #expect(try Program.run(Program.url, arguments("two", ["--threads", "2"])).status == 0)
        #expect(try files("one") == files("two"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("one")).sorted() == Self.names)
        let models = try one.json([[String: Any]].self)
        #expect(models.map { $0["model"] as? String } == ["als", "knn", "ease"])
        for model in models {
            let (usual, best) = (model["default_score"] as? Double ?? .nan, model["score"] as? Double ?? .nan)
            #expect(model["metric"] as? String == "rmse" ? best <= usual : best >= usual)
        }
        let rows = String(decoding: try scratch.read("one/trials.csv"), as: UTF8.self).split(separator: "\n")
        #expect(rows.count == 28 && rows[0].hasPrefix("model,trial,splits,metric,score,first_split,chosen,rank,"))
        #expect(rows.count { $0.contains(",true,") } == 3)
        let page = String(decoding: try scratch.read("one/tuning.html"), as: UTF8.self)
        #expect(page.contains("<svg") && !page.contains("<script") && !page.contains("http://"))
    }

    /// Killed behind several of its trials, a run goes on and gives the bytes of one that was not.
    @Test func `a killed run resumes from its journal`() throws {
        #expect(try Program.run(Program.url, arguments("whole")).status == 0)
        for lines in [1, 2, 6, 13, 20] {
            let process = Process()
            process.executableURL = Program.url
            process.arguments = arguments("killed")
            try process.run()
            try wait(until: "\(lines) lines of the journal") {
                let journal = FileManager.default.contents(atPath: scratch.path("killed/tuning.journal"))
                return !process.isRunning || journal?.count { $0 == UInt8(ascii: "\n") } ?? 0 >= lines
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        // A line that was not written to its end.
        if let journal = FileManager.default.contents(atPath: scratch.path("killed/tuning.journal")) {
            try scratch.write("killed/tuning.journal", journal.dropLast(3))
        }
        let last = try Program.run(Program.url, arguments("killed"))
        #expect(last.status == 0, "\(last.errors)")
        #expect(try files("killed") == files("whole"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("killed")).sorted() == Self.names)
    }

    @Test func `the journal of another search is named`() throws {
        try scratch.write("out/tuning.journal", "kindred tuning, of something else\nals,0,0,0.9\n")
        let outcome = try Program.run(Program.url, arguments("out"))
        #expect(
            outcome.status == 1
                && outcome.errors.contains("out/tuning.journal: the file belongs to a search with other"))
    }

    @Test func `compare takes a tuned config file`() throws {
        #expect(try Program.run(Program.url, arguments("tuned")).status == 0)
        let config = scratch.path("tuned/config.toml")
        let compared = try Program.run(
            "compare", sample, "--holdout", "0.2", "--models", "als,knn,ease", "--config", config, "--output",
            scratch.path("out"), "--quiet")
        #expect(compared.status == 0, "\(compared.errors)")
        let (tuned, used) = (try scratch.read("tuned/config.toml"), try scratch.read("out/config.toml"))
        #expect(tuned == used)
    }

    @Test func `a comparison tunes each fold`() throws {
        func compare(_ output: String, _ threads: String) throws -> Program.Outcome {
            try Program.run(
                "compare", sample, "--folds", "2", "--models", "popularity,knn,als", "--tune", "5", "--output",
                scratch.path(output), "--threads", threads, "--json")
        }
        let outcome = try compare("a", "1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let options = try #require(try outcome.json([String: Any].self)["options"] as? [String: String])
        #expect(options["tune"] == "5")
        for fold in 1...2 {
            for (model, first) in [("als", "rank="), ("knn", "neighbors=")] {
                #expect(options["\(model), tuned on fold \(fold)"]?.hasPrefix(first) == true)
            }
        }
        _ = try compare("b", "2")
        let (one, two) = (try Comparing.metrics(scratch, "a"), try Comparing.metrics(scratch, "b"))
        for (key, value) in one where !key.contains("second") { #expect(two[key] == value, "\(key)") }
    }

    @Test(arguments: [
        (["tune", "x", "--output", "o", "--trials", "0"], "trials is 0; it has to be 1 to 10,000"),
        (["tune", "x", "--output", "o", "--models", "popularity"], "popularity has nothing to tune; choose from"),
        (["tune", "x", "--output", "o", "--of-users", "0.5"], "--of-users goes with --holdout"),
        (["tune", "x", "--output", "o", "--holdout", "0.5", "--of-users", "2"], "of-users is 2.0"),
        (["tune", "x", "--output", "o", "--folds", "5", "--holdout", "0.5"], "choose one of --folds"),
        (["tune", "x"], "Missing expected argument"),
        (["compare", "x", "--output", "o", "--tune", "0"], "tune is 0; it has to be 1 to 10,000"),
    ])
    func `wrong usage exits with 64`(_ arguments: [String], _ message: String) throws {
        let outcome = try Program.run(Program.url, arguments, in: scratch.url)
        #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(scratch.names.isEmpty)
    }
}
