import Foundation
import TestSupport
import Testing

/// Ratings files as people have them, read by the program: each as `cases.json` says, or refused with a message that helps.
///
/// `Tests/cases/shared` holds what was collected, `Tests/cases/further` what `Tests/cases/make.py` makes. Where the
/// collection itself lies beside the project, it is read too.
struct CaseTests {
    /// A file, how it is read, and what has to come of it.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let expect: String
        var args: [String]?
        var users: Int?
        var items: Int?
        var ratings: Int?
        var rejected: Int?
        var rating_min: Double?
        var rating_max: Double?
        var time_min: Int?
        var time_max: Int?
        /// A pattern of a line on standard error.
        var note: String?
        /// A pattern of the refusal.
        var message: String?
        /// Text of a user's id, and what no id may contain.
        var contains: String?
        var contains_not: String?
        /// Whether it also comes through pipes.
        var pipe: Bool?
        /// The test file of a comparison.
        var test: String?
        /// Items of which the first has to be recommended before the second.
        var rank_before: [String]?
        var folder = ""

        private enum CodingKeys: String, CodingKey {
            case file, expect, args, users, items, ratings, rejected, rating_min, rating_max, time_min, time_max, note,
                message, contains, contains_not, pipe, test, rank_before
        }

        var path: String { "\(folder)/\(file)" }
        var testDescription: String { ([file] + (args ?? [])).joined(separator: " ") }
    }

    private static let collection = projectRoot.appendingPathComponent("../shared/cases").standardizedFileURL.path
    private static let folders =
        ["shared", "further"].map { projectRoot.appendingPathComponent("Tests/cases/\($0)").path }
        + (FileManager.default.fileExists(atPath: collection) ? [collection] : [])

    static func cases(_ kinds: String...) -> [Case] {
        folders.flatMap { folder -> [Case] in
            let data = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/cases.json"))
            let cases = data.flatMap { try? JSONDecoder().decode([Case].self, from: $0) } ?? []
            return cases.filter { kinds.contains($0.expect) }.map {
                var found = $0
                found.folder = folder
                return found
            }
        }
    }

    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func graph(_ source: String, _ item: Case, to output: String = "out") throws -> Program.Outcome {
        try Program.run(Program.url, ["graph", source, "--output", scratch.path(output)] + (item.args ?? []))
    }

    private func summary(_ output: String = "out") throws -> [String: Any] {
        let data = try Data(contentsOf: scratch.url.appendingPathComponent("\(output)/summary.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func requireCounts(_ item: Case, in summary: [String: Any]) {
        for (name, count) in [
            ("users", item.users), ("items", item.items), ("ratings", item.ratings), ("rejected_rows", item.rejected),
        ] {
            if let count { #expect(summary[name] as? Int == count, "\(name)") }
        }
    }

    @Test func `all cases are there`() {
        let count = Self.cases(
            "read", "note", "refuse", "titles", "rejected-first-row", "compare-overlap", "no-escape", "guest",
            "round-trip"
        ).count
        #expect(count >= 68 + 66, "\(count)")
    }

    @Test(arguments: cases("read", "note", "titles", "round-trip", "no-escape"))
    func `a file is read right, and what was read is said`(_ item: Case) throws {
        let outcome = try graph(item.path, item)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let summary = try summary()
        requireCounts(item, in: summary)
        let scale = try #require(summary["rating_scale"] as? [String: Any])
        if let least = item.rating_min { #expect(scale["minimum"] as? Double == least) }
        if let most = item.rating_max { #expect(scale["maximum"] as? Double == most) }
        #expect(outcome.errors.contains(": user = ") && !outcome.errors.contains("\u{1B}"))
        #expect(!outcome.output.contains("\u{1B}"))
        for key in ["columns", "layout", "encoding", "rows"] { #expect(summary[key] != nil, "\(key)") }
        if let note = item.note { #expect(try outcome.errors.contains(Regex(note)), "\(outcome.errors)") }
        let users = try String(contentsOfFile: scratch.path("out/users.csv"), encoding: .utf8)
        let ids = users.split(separator: "\n").dropFirst().map { "\($0.split(separator: ",")[0])," }
        if let text = item.contains { #expect(ids.contains { $0.contains(text) }) }
        if let text = item.contains_not { #expect(!ids.contains { $0.contains(text) }) }
        if item.pipe == true { try requirePipes(item) }
    }

    /// The same through `-`, a named device and process substitution.
    private func requirePipes(_ item: Case) throws {
        let program = Program.url.path
        let commands = [
            "cat '\(item.path)' | '\(program)' graph - --output '\(scratch.path("dash"))'",
            "cat '\(item.path)' | '\(program)' graph /dev/stdin --output '\(scratch.path("device"))'",
            "'\(program)' graph <(cat '\(item.path)') --output '\(scratch.path("substitution"))'",
            "cat '\(item.path)' | '\(program)' import - --store '\(scratch.path("s.sqlite"))' && "
                + "'\(program)' graph '\(scratch.path("s.sqlite"))' --output '\(scratch.path("store"))'",
        ]
        for command in commands {
            let outcome = try Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["bash", "-c", command])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        for output in ["dash", "device", "substitution", "store"] { requireCounts(item, in: try summary(output)) }
    }

    @Test(arguments: cases("read").filter { $0.time_min != nil && $0.args == nil })
    func `times are seconds since 1970`(_ item: Case) throws {
        let store = scratch.path("s.sqlite")
        let imported = try Program.run("import", item.path, "--store", store, "--quiet")
        try #require(imported.status == 0, "\(imported.errors)")
        let times = try Program.run(
            "sql", store, "SELECT min(time), max(time) FROM ratings", "--format", "csv")
        #expect(times.output.hasSuffix("\n\(item.time_min ?? 0),\(item.time_max ?? 0)\n"), "\(times.output)")
    }

    @Test(arguments: cases("refuse"))
    func `a file that could be read wrongly is refused in plain words`(_ item: Case) throws {
        let before = try contents(of: item)
        let outcome = try graph(item.path, item)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(try outcome.errors.contains(Regex(item.message ?? "").dotMatchesNewlines()), "\(outcome.errors)")
        #expect(try contents(of: item) == before && !FileManager.default.fileExists(atPath: scratch.path("out")))
    }

    /// The bytes of a file, and the names of those beside it that begin alike, such as a log of SQLite.
    private func contents(of item: Case) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: item.folder).filter { $0.hasPrefix(item.file) }
        return names.sorted() + [(try? Data(contentsOf: URL(fileURLWithPath: item.path)))?.base64EncodedString() ?? ""]
    }

    @Test(arguments: cases("rejected-first-row"))
    func `a bad first row is listed like others`(_ item: Case) throws {
        #expect(try graph(item.path, item).status == 0)
        let rejected = try String(contentsOfFile: scratch.path("out/rejected.csv"), encoding: .utf8)
        #expect(rejected.split(separator: "\n").count == 2 && rejected.contains("\n1,"))
    }

    @Test(arguments: cases("compare-overlap"))
    func `ids of training and test files meet, whole or with a point`(_ item: Case) throws {
        let outcome = try Program.run(
            "compare", "--train", item.path, "--test", "\(item.folder)/\(item.test ?? "")", "--models", "popularity",
            "--output", scratch.path("out"))
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: cases("titles"))
    func `items keep their own titles, and none is invented`(_ item: Case) throws {
        let store = scratch.path("s.sqlite")
        #expect(try Program.run("import", item.path, "--store", store, "--quiet").status == 0)
        let titles = try Program.run(
            "sql", store, "SELECT id || ' ' || substr(title, 1, 3) AS t FROM items ORDER BY id", "--format", "csv")
        let first = item.file.hasSuffix("stray-quote") ? "The" : "Toy"
        #expect(titles.output == "t\n1 \(first)\n2 Jum\n3 Gru\n4 Wai\n5 Fat\n")
    }

    @Test(arguments: cases("guest"))
    func `ratings of a guest are read as ratings files are`(_ item: Case) throws {
        let source = try scratch.write(
            "r.csv",
            "user,item,rating\nu,\"Game 102, the\",50\nu,a,40\nv,a,50\nv,b,60\nw,\"Game 102, the\",60\nw,b,40\n")
        let outcome = try Program.run(
            "recommend", source, "--ratings", item.path, "--model", "popularity", "--json")
        #expect(outcome.status == 0 && !outcome.output.contains("Game 102"), "\(outcome.errors)")
    }

    @Test(arguments: cases("read").filter { $0.rank_before != nil })
    func `what is liked follows the scale`(_ item: Case) throws {
        let wanted = item.rank_before ?? []
        for model in ["popularity", "implicit", "ease", "blend"] {
            let outcome = try Program.run(
                "recommend", item.path, "--rate", "meh0=6", "--model", model, "--count", "10", "--json")
            let lists = try #require(try outcome.json() as Any as? [[String: Any]])
            let items = (lists.first?["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
            let places = wanted.map { items.firstIndex(of: $0) ?? Int.max }
            #expect(places == places.sorted() && places[0] != Int.max, "\(model): \(outcome.output)")
        }
    }
}
