import Foundation
import TestSupport
import Testing

/// `kindred import`, `sql` and `analytics`, and stores as sources.
struct ImportCommandTests {
    private let scratch: Scratch
    private var store: String { scratch.path("s.sqlite") }

    init() throws { scratch = try Scratch() }

    private func sql(_ query: String) throws -> String {
        let outcome = try Program.run("sql", store, query, "--format", "csv")
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").dropFirst().joined(separator: "\n")
    }

    @Test func `rejected rows are counted and kept`() throws {
        let source = try scratch.write(
            "r.csv",
            "user,item,rating,timestamp\n1,a,4,100\n1,a,5,200\n\n2,a,x,100\n2,b,9,100\n3,b,3,1500000000000\n3\n2,c,2,-4\n"
        )
        let outcome = try Program.run("import", source, "--store", store, "--scale", "1..5", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report: [String: Any] = try outcome.json()
        let counts = [
            "rows_read": 7, "kept": 3, "duplicates": 1, "malformed": 2, "out_of_scale": 1, "impossible_times": 1,
            "times_converted": 1,
        ]
        for (name, count) in counts { #expect(report[name] as? Int == count, "\(name)") }
        #expect(
            try sql("SELECT line || ' ' || text FROM rejected_rows")
                == "\"5 2,a,x,100\"\n\"6 2,b,9,100\"\n8 3\n\"9 2,c,2,-4\"")
        let again = try Program.run("import", source, "--store", store)
        #expect(again.status == 0 && again.output.contains("nothing was changed"))
    }

    @Test func `a store refuses options on how files are read`() throws {
        let source = try scratch.sixUsers()
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        let outcome = try Program.run("neighbors", store, "--user", "1", "--columns", "1,2,3", "--scale", "1..5")
        #expect(outcome.status == 1 && outcome.errors.contains("--columns, --scale"), "\(outcome.errors)")
    }

    @Test func `catalogs that are named come with an import, in the encoding that is named`() throws {
        let source = try scratch.sixUsers()
        let items = try scratch.write(
            "f.csv", Array("title;id\n".utf8) + [0x91, 0xBE, 0x98, 0x59] + Array(";1\nB;2\n".utf8))
        let outcome = try Program.run(
            "import", source, "--store", store, "--items", items, "--encoding", "SHIFT_JIS", "--quiet")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try sql("SELECT title FROM items WHERE id IN ('1', '2')") == "太郎\nB")
    }

    /// A store gives the same bytes as the file it was filled from.
    @Test func `a store gives the same bytes as its file`() throws {
        let source = scratch.path("r.csv")
        #expect(try Program.run("generate", "300x100x6000", "--output", source).status == 0)
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        for (name, from) in [("a", source), ("b", store)] {
            let outcome = try Program.run("graph", from, "--output", scratch.path(name), "--quiet")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        for file in ["users.csv", "edges.csv", "communities.csv", "graph.graphml"] {
            #expect(try scratch.read("a/\(file)") == scratch.read("b/\(file)"), "\(file)")
        }
        let neighbors = try Program.run("neighbors", store, "--user", "1")
        #expect(neighbors.status == 0, "\(neighbors.errors)")
    }

    @Test(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
    func `MovieLens is imported with its catalogs`() throws {
        #expect(try Program.run("import", movieLens100K ?? "", "--store", store, "--quiet").status == 0)
        #expect(try sql("SELECT count(*) FROM ratings") == "100000")
        // (298 · 4.4664 + 20 · 3.5299) / 318 = 4.4075.
        #expect(
            try sql("SELECT title, round(bayesian_average, 4) FROM top_items_bayesian LIMIT 1")
                == "Schindler's List (1993),4.4075")
        #expect(try sql("SELECT count(*) FROM genres") == "19")
        let outcome = try Program.run("analytics", store, "--output", scratch.path("out"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let page = try String(decoding: scratch.read("out/analytics.html"), as: UTF8.self)
        #expect(page.contains("<svg") && page.contains("Genres by how well they are rated"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("out")).count == 12)
    }

    /// Killed at twenty moments, an import goes on and ends as if it had never been. Each comes when the store has grown by
    /// another twentieth.
    @Test func `a killed import resumes`() throws {
        let source = scratch.path("r.csv")
        #expect(try Program.run("generate", "4000x3000x300000", "--output", source).status == 0)
        let whole = scratch.path("whole.sqlite")
        #expect(try Program.run("import", source, "--store", whole, "--quiet").status == 0)
        let wholeSize = size(of: whole)
        for moment in 1...20 {
            let process = Process()
            process.executableURL = Program.url
            process.arguments = ["import", source, "--store", store, "--quiet"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            try wait(until: "\(moment) twentieths of the store") {
                !process.isRunning || size(of: store) > wholeSize * (moment - 1) / 20
            }
            kill(process.processIdentifier)
            process.waitUntilExit()
            if FileManager.default.fileExists(atPath: store) {
                #expect(try sql("SELECT * FROM pragma_integrity_check") == "ok")
            }
            if moment % 5 == 0 { try startAnew() }
        }
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        for query in ["SELECT count(*), sum(value), sum(time) FROM ratings", "SELECT count(*) FROM rating_history"] {
            let expected = try Program.run("sql", whole, query, "--format", "csv").output
            #expect(try Program.run("sql", store, query, "--format", "csv").output == expected)
        }
        #expect(try sql("SELECT count(*) FROM imports WHERE finished IS NULL") == "0")
    }

    /// Bytes of a store and its log.
    private func size(of store: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: store + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    private func kill(_ process: Int32) { _ = Foundation.kill(process, SIGKILL) }

    /// An import that is complete has nothing left to be killed in.
    private func startAnew() throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
    }

    /// What was committed before the disk was full stays; with room again the import goes on.
    @Test(.enabled(if: CommandTests.canMount, "this process may not mount a small disk"))
    func `a full disk is named and leaves whole batches`() throws {
        let source = scratch.path("r.csv")
        #expect(try Program.run("generate", "1000x400x60000", "--output", source).status == 0)
        try scratch.write("disk/keep", "")
        try #require(CommandTests.mountSmallDisk(scratch.path("disk"), size: "1m"))
        let small = scratch.path("disk/s.sqlite")
        do {
            defer { _ = try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["umount", scratch.path("disk")]) }
            let outcome = try Program.run("import", source, "--store", small, "--quiet")
            #expect(outcome.status == 1 && outcome.errors.contains("disk is full"), "\(outcome.errors)")
            for name in ["s.sqlite", "s.sqlite-wal"] {
                let file = scratch.url.appendingPathComponent("disk/\(name)")
                try? FileManager.default.copyItem(at: file, to: scratch.url.appendingPathComponent(name))
            }
        }
        #expect(try sql("SELECT * FROM pragma_integrity_check") == "ok")
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        #expect(try sql("SELECT count(*) FROM ratings") == "60000")
    }

    @Test(arguments: [
        ["sql", "none.sqlite", "SELECT 1"], ["analytics", "none.sqlite", "--output", "o"],
        ["import", "none.csv", "--store", "s.sqlite"],
    ])
    func `a missing store or source is named`(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments, in: scratch.url)
        #expect(outcome.status == 1 && outcome.errors.contains("none."), "\(outcome.errors)")
        #expect(scratch.names.isEmpty)
    }

    @Test func `sql refuses to write`() throws {
        let source = try scratch.write("r.csv", "1,a,4\n2,b,5\n2,a,3\n")
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        let outcome = try Program.run("sql", store, "DELETE FROM ratings")
        #expect(outcome.status == 1 && outcome.errors.contains("only SELECT"))
        let cut = try Program.run("sql", store, "SELECT * FROM ratings", "--row-limit", "2")
        #expect(cut.output.contains("2 rows; a limit omitted more"))
        let json: [String: Any] = try Program.run("sql", store, "SELECT 1 AS one", "--format", "json").json()
        #expect(json["columns"] as? [String] == ["one"])
    }

    @Test(arguments: [[".schema"], ["--schema"]])
    func `sql shows tables and views with their columns`(_ arguments: [String]) throws {
        let source = try scratch.write("r.csv", "1,a,4\n2,b,5\n")
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        let table = try Program.run(Program.url, ["sql", store] + arguments)
        #expect(table.output.contains("rating_details") && table.output.contains("user_id"))
        let csv = try Program.run(Program.url, ["sql", store, "--format", "csv"] + arguments)
        #expect(csv.output.hasPrefix("table,column,type,meaning\nrating_details,,view,"))
        #expect(try sql("SELECT user_id, item_id, rating FROM rating_details") == "1,a,4.0\n2,b,5.0")
    }

    @Test func `help of sql mentions the schema and the view of ids`() throws {
        let help = try Program.run("sql", "--help").output
        for text in ["--schema", "\".schema\"", "rating_details"] { #expect(help.contains(text)) }
        #expect(try Program.run("sql", store).status == 64)
        #expect(try Program.run("sql", store, "SELECT 1", "--schema").status == 64)
    }
}
