import Foundation
import TestSupport
import Testing

/// What commands print of titles, IDs and paths that hold control characters, and what they write.
struct TerminalTests {
    private let scratch: Scratch
    private var source: String { scratch.path("films") }
    private let user = "u\u{1B}[31m"

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            "films/movies.csv",
            """
            movieId,title,genres
            1,\u{1B}[31mRED\u{1B}]0;pwned\u{7},A\u{1B}[5m
            2,x\u{9B}2Jy\u{202E}z,B
            3,\u{1B}[2Jclear,C
            =4,plain,C

            """)
        let ratings = ["\(user),1,5", "\(user),2,4", "v,1,5", "v,2,4", "v,3,5", "v,=4,3", "w,2,1", "w,3,5", "@w,3,4"]
        try scratch.write(
            "films/ratings.csv", "userId,movieId,rating\n" + ratings.map { $0 + "\n" }.joined())
    }

    private func expectVisible(_ arguments: [String], status: Int32 = 0) throws {
        let outcome = try Program.run(Program.url, arguments)
        #expect(outcome.status == status, "\(outcome.errors)")
        let scalars = (outcome.output + outcome.errors).unicodeScalars
        #expect(!scalars.isEmpty)
        #expect(scalars.allSatisfy { $0 == "\n" || !($0.properties.generalCategory == .control || $0 == "\u{202E}") })
    }

    @Test func `commands print no control characters of their sources`() throws {
        let out = scratch.path("out")
        let store = scratch.path("s.sqlite")
        for json in [[], ["--json"]] {
            try expectVisible(["graph", source, "--output", out] + json)
            try expectVisible(["neighbors", source, "--user", user] + json)
            try expectVisible(
                ["recommend", source, "--user", user, "--model", "knn", "--explain", "--show-users"] + json)
            try expectVisible(["compare", source, "--models", "popularity", "--folds", "2", "--output", out] + json)
            try expectVisible(["import", source, "--store", store] + json)
        }
        try expectVisible(["sql", store, "SELECT title, id AS \"\u{1B}[1m\" FROM items"])
        try expectVisible(["sql", store, "SELECT title FROM items", "--format", "json"])
        try expectVisible(["keys", "add", store, "--name", "\u{1B}[31m", "--role", "read"])
        try expectVisible(["keys", "list", store])
    }

    @Test("15.16: no command prints control characters of titles, ids, names or paths")
    func everyCommand() throws {
        let store = scratch.path("s\u{1B}[2J.sqlite")
        let out = scratch.path("o\u{9B}31m")
        try expectVisible(["train", source, "--output", out, "--rank", "1", "--iterations", "1"])
        try expectVisible(["recommend", source, "--user", user, "--factors", out, "--explain"])
        try expectVisible(
            ["tune", source, "--models", "knn", "--trials", "1", "--holdout", "0.4", "--output", out])
        try expectVisible(["recommend", source, "--all", "--model", "popularity", "--output", out + ".csv"])
        try expectVisible(
            ["generate", "30x20x200", "--output", out + ".dat", "--truth", scratch.path("none/\u{7}")], status: 1)
        try expectVisible(["import", source, "--store", store])
        try expectVisible(["analytics", store, "--output", out])
        try expectVisible(["sql", store, "--schema"])
        try expectVisible(["sql", store, "SELECT '\u{1B}]8;;x\u{7}' || char(155) || char(8238), x'1B'"])
        try expectVisible(["sql", store, "SELECT \"\u{1B}[2J\" FROM items"], status: 1)
        try expectVisible(["keys", "remove", store, "--name", "\u{1B}[2J\u{202E}"], status: 1)
        try expectVisible(["fetch", "\u{1B}[2J"], status: 64)
        try expectVisible(["fetch", "ml-100k", "--output", out, "--mirror", "http://127.0.0.1:1/\u{1B}[2J"], status: 1)
        try expectVisible(["serve", "--store", store, "--host", "\u{1B}[2J", "--port", "0"], status: 1)
    }

    @Test("15.16: errors that quote a file show its control characters, and stay on their line")
    func errorsOfFiles() throws {
        let hostile = "\u{1B}[2J\u{9B}\u{202E}\u{7}"
        for (name, text) in [
            ("rating.csv", "user,item,rating\n1,2,\(hostile)\n"), ("time.csv", "1,2,3,\(hostile)\n1,2,3,\(hostile)\n"),
            ("head.csv", "\"\(hostile)\nuser\",\"it\(hostile)em\",x,y,z\n1,2,3,4,5\n"),
            ("fields.csv", "1,2,3\n1,\(hostile)\n"),
            ("odd.jsonl", "{\"a\(hostile)\": 1, \"b\": 2}\n"),
        ] {
            let path = try scratch.write(name, text)
            try expectVisible(["graph", path, "--output", scratch.path("out")], status: 1)
        }
        let config = try scratch.write("c.toml", "[als]\n\"\\u001b[2J\\nError: all is well\" = 1\n")
        let outcome = try Program.run("recommend", source, "--user", "v", "--config", config)
        #expect(outcome.status == 1 && !outcome.errors.contains("\nError: all"), "\(outcome.errors)")
        try expectVisible(["recommend", source, "--user", "v", "--config", config], status: 1)
        try expectVisible(["recommend", source, "--rate", "\(hostile)=4"], status: 1)
        let named = try Program.run("neighbors", source, "--user", "a\nError: all is well")
        #expect(named.status == 1 && !named.errors.contains("\nError: all"), "\(named.errors)")
    }

    @Test func `errors quote nothing that a terminal obeys`() throws {
        try expectVisible(["neighbors", source, "--user", "\u{1B}[2J"], status: 1)
        try expectVisible(["graph", scratch.path("\u{1B}]0;x\u{7}"), "--output", scratch.path("out")], status: 1)
        try expectVisible(["sql", scratch.path("\u{1B}c.sqlite"), "SELECT 1"], status: 1)
        try expectVisible(["graph", source, "--output", "o", "--measure", "\u{1B}[31m"], status: 64)
    }

    @Test func `files and JSON keep every character`() throws {
        let json: [[String: Any]] = try Program.run("neighbors", source, "--user", "v", "--json").json()
        #expect(json.contains { $0["user"] as? String == user })
        _ = try Program.run("graph", source, "--output", scratch.path("out"))
        #expect(String(decoding: try scratch.read("out/users.csv"), as: UTF8.self).contains("\n\(user),"))
    }

    @Test func `formulas get an apostrophe on request`() throws {
        for (flags, expected) in [([String](), "\n@w,"), (["--spreadsheet-safe"], "\n'@w,")] {
            let graph = ["graph", source, "--output", scratch.path("out"), "--format", "csv,gephi"]
            #expect(try Program.run(Program.url, graph + flags).status == 0)
            for name in ["users.csv", "gephi/nodes.csv"] {
                #expect(String(decoding: try scratch.read("out/\(name)"), as: UTF8.self).contains(expected))
            }
            let lists = ["recommend", source, "--all", "--model", "knn", "--output", scratch.path("l.csv")]
            #expect(try Program.run(Program.url, lists + flags).status == 0)
            let text = String(decoding: try scratch.read("l.csv"), as: UTF8.self)
            #expect(text.contains(expected) && text.contains(flags.isEmpty ? ",=4," : ",'=4,"))
        }
        let store = scratch.path("s.sqlite")
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        let query = ["sql", store, "SELECT '=1+1' AS a, -1 AS b", "--format", "csv"]
        #expect(try Program.run(Program.url, query).output == "a,b\n=1+1,-1\n")
        #expect(try Program.run(Program.url, query + ["--spreadsheet-safe"]).output == "a,b\n'=1+1,-1\n")
    }
}
