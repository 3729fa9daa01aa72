import Foundation
import Graphs
import TestSupport
import Testing

/// The commands as a person meets them, above all when something is wrong.
struct CommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func ratings(_ extra: String = "") throws -> String { try scratch.sixUsers(extra) }

    private func graph(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.url, ["graph"] + arguments)
    }

    @Test(arguments: [
        "graph", "neighbors", "train", "recommend", "compare", "replay", "watch", "publish", "index", "generate",
        "fetch",
    ])
    func `help has usage, defaults and examples`(_ command: String) throws {
        let help = try Program.run(command, "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("EXAMPLE") && help.output.contains("USAGE") && help.output.contains("default:"))
        #expect(help.output.contains("kindred \(command) "))
    }

    @Test(arguments: [
        ["graph"], ["graph", "--output", "o"], ["graph", "--neighbors-from", "x"], ["graph", "x"],
        ["graph", "x", "--output", "o", "--neighbors", "0"],
        ["graph", "x", "--output", "o", "--measure", "euclid"], ["graph", "x", "--output", "o", "--format", "pdf"],
        ["graph", "x", "--output", "o", "--resolution", "-1"], ["graph", "x", "--output", "o", "--threads", "0"],
        ["graph", "x", "--output", "o", "--min-similarity", "2"], ["neighbors", "x"],
        ["generate", "huge", "--output", "o"],
        ["generate", "10x10x99", "--output", "o"], ["generate", "1m", "--output", "o", "--mixing", "2"],
        ["fetch", "netflix"], ["dance"], ["compare", "--output", "o"],
        ["compare", "x", "--output", "o", "--folds", "1"],
        ["compare", "x", "--train", "a", "--test", "b", "--output", "o"], ["compare", "--train", "a", "--output", "o"],
        ["compare", "x", "--holdout", "1", "--output", "o"], ["compare", "x", "--models", "magic", "--output", "o"],
    ])
    func `wrong usage exits with 64 and writes nothing`(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments, in: scratch.url)
        #expect(outcome.status == 64)
        #expect(!outcome.errors.isEmpty && outcome.output.isEmpty)
        #expect(scratch.names.isEmpty)
    }

    @Test func `a graph is written in every format`() throws {
        let outcome = try graph(
            ratings(), "--output", scratch.path("out"), "--format", "csv,graphml,gexf,npy,gephi,neo4j,matrixmarket",
            "--stability",
            "--neighbors", "2")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors == """
                \(scratch.path("ratings.csv")): user = userId (column 1), item = movieId (column 2), rating = rating \
                (column 3), by the header; comma-separated, with a header; UTF-8; 18 rows

                """)
        #expect(outcome.output.contains("communities  2, each of them connected"))
        #expect(outcome.output.contains("stability    1.000"))
        let written = try FileManager.default.subpathsOfDirectory(atPath: scratch.path("out"))
        for name in ["gephi/nodes.csv", "gephi/edges.csv", "neo4j/nodes.csv", "neo4j/relationships.csv", "graph.mtx"] {
            #expect(written.contains(name))
        }
        #expect(scratch.names == ["out", "ratings.csv"])
    }

    /// `script` runs a command on a terminal of its own, where the system gives it one.
    static let hasTerminal =
        (try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["script", "-qec", "true", "/dev/null"]))?.status == 0

    @Test(.enabled(if: hasTerminal, "there is no pseudo-terminal"))
    func `a terminal shows every stage`() throws {
        let command = "\(Program.url.path) graph \(try ratings()) --output \(scratch.path("out"))"
        let outcome = try Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["script", "-qec", command, "/dev/null"])
        #expect(outcome.status == 0)
        let stages = ["reading", "similarity", "graph", "communities", "profiles", "writing"]
        #expect(stages.allSatisfy { outcome.output.contains("\r\u{1B}[K\($0)") })
        let quiet = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["script", "-qec", command + " --quiet", "/dev/null"])
        #expect(quiet.status == 0 && quiet.output.isEmpty)
    }

    @Test func `too many neighbors are clamped with a note`() throws {
        let outcome = try graph(ratings(), "--output", scratch.path("out"))
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.hasSuffix(
                "\nnote: only 5 other users: each list has at most 5 neighbors (50 asked for)\n"))
        let pair = try scratch.write("two.csv", "1,a,3\n2,a,4\n")
        #expect(
            try graph(pair, "--output", scratch.path("out")).errors.hasSuffix(
                "\nnote: only 1 other user: each list has at most 1 neighbor (50 asked for)\n"))
        let quiet = try graph(ratings(), "--output", scratch.path("out"), "--quiet")
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    @Test func `a malformed row stops the run or is listed`() throws {
        let source = try ratings("9,9,six\n9,9\n")
        let failed = try graph(source, "--output", scratch.path("out"))
        #expect(failed.status == 1 && failed.output.isEmpty)
        #expect(failed.errors.contains("ratings.csv:20: rating \"six\" is not a number (column 3)."))
        #expect(scratch.names == ["ratings.csv"])
        let skipped = try graph(source, "--output", scratch.path("out"), "--on-bad-row", "skip")
        #expect(skipped.status == 0)
        #expect(skipped.output.contains("rejected     2 rows"))
        #expect(
            try String(decoding: scratch.read("out/rejected.csv"), as: UTF8.self) == """
                line,reason,text
                20,"rating ""six"" is not a number","9,9,six"
                21,"the row has 2 fields, not 3","9,9"

                """)
    }

    @Test func `duplicates follow the option`() throws {
        let source = try ratings("1,0,5\n")
        #expect(try graph(source, "--output", scratch.path("out")).output.contains("duplicates   1 rating replaced"))
        let refused = try graph(source, "--output", scratch.path("out2"), "--duplicates", "error")
        #expect(refused.status == 1 && refused.errors.contains("user 1 rated item 0 2 times"))
        #expect(!scratch.names.contains("out2"))
    }

    @Test func `an unknown user is answered with similar IDs`() throws {
        let outcome = try Program.run("neighbors", ratings(), "--user", "9")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("no user \"9\"") && outcome.errors.contains("6, 5, 4, 3, 2"))
    }

    @Test func `neighbors are printed as JSON`() throws {
        let outcome = try Program.run("neighbors", ratings(), "--user", "1", "--count", "1", "--json")
        let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
        #expect(rows?.count == 1 && rows?.first?["support"] as? Int == 3 && rows?.first?["user"] as? String == "2")
    }

    @Test func `an output that cannot be written is named`() throws {
        let source = try ratings()
        for place in [source, source + "/below", "/proc/kindred"] {
            let outcome = try graph(source, "--output", place)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains(place), "\(outcome.errors)")
        }
        #expect(scratch.names == ["ratings.csv"])
    }

    @Test func `a source without ratings is named`() throws {
        let missing = try graph(scratch.path("none"), "--output", scratch.path("out"))
        #expect(missing.status == 1 && missing.errors.contains("there is no such file or folder"))
        let empty = try graph(scratch.url.path, "--output", scratch.path("out"))
        #expect(empty.status == 1 && empty.errors.contains("no file in it is known to hold ratings"))
        #expect(scratch.names.isEmpty)
    }

    /// Mounts a small file system in memory, where the system lets this process.
    static func mountSmallDisk(_ place: String, size: String = "64k") -> Bool {
        let mount = ["mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", place]
        return (try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), mount))?.status == 0
    }

    static let canMount: Bool = {
        guard let scratch = try? Scratch(), mountSmallDisk(scratch.url.path) else { return false }
        _ = try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["umount", scratch.url.path])
        return true
    }()

    @Test(.enabled(if: canMount, "this process may not mount a small disk"))
    func `a full disk leaves the earlier output in place`() throws {
        try scratch.write("disk/keep", "")
        try #require(Self.mountSmallDisk(scratch.path("disk")))
        defer { _ = try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["umount", scratch.path("disk")]) }
        try scratch.write("disk/out/users.csv", "old")
        _ = try Program.run("generate", "300x100x6000", "--output", scratch.path("r.csv"))
        let outcome = try graph(scratch.path("r.csv"), "--output", scratch.path("disk/out"))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(try String(decoding: scratch.read("disk/out/users.csv"), as: UTF8.self) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("disk")) == ["out"])
    }

    @Test func `an interrupted generate leaves no file`() throws {
        let process = Process()
        process.executableURL = Program.url
        process.arguments = ["generate", "10m", "--output", scratch.path("big.csv")]
        process.standardError = FileHandle.nullDevice
        try process.run()
        try wait(until: "the file that is written") { !scratch.names.isEmpty }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(scratch.names.isEmpty)
    }

    /// The source is a pipe that nobody fills, so the program is at work until it is interrupted; it opens its source when it is
    /// ready for that.
    @Test func `an interrupted graph leaves no folder`() throws {
        try #require(unsafe mkfifo(scratch.path("r.csv"), 0o600) == 0)
        let process = Process()
        process.executableURL = Program.url
        process.arguments = ["graph", scratch.path("r.csv"), "--output", scratch.path("out")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let writer = try wait(for: "the program to open its source") {
            let descriptor = unsafe open(scratch.path("r.csv"), O_WRONLY | O_NONBLOCK)
            return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
        #expect(scratch.names.count == 2)
        process.interrupt()
        process.waitUntilExit()
        try writer.close()
        #expect(process.terminationStatus == 130)
        #expect(scratch.names == ["r.csv"])
    }

    /// The kernel counts what a program holds from its exec on, and `ru_maxrss` what its parent held too.
    @Test func `peak memory is the program's own`() throws {
        let ballast = [UInt8](repeating: 1, count: 500 << 20)
        let outcome = try graph(ratings(), "--output", scratch.path("out"), "--json")
        let peak = try #require(try outcome.json([String: Any].self)["peak_memory_bytes"] as? Int)
        #expect(ballast.count > 500 << 19 && (1 << 20..<200 << 20).contains(peak), "\(peak) bytes")
    }

    /// The recipe in data/sample/README.md makes the sample.
    @Test func `the recipe in the README makes the sample`() throws {
        let readme = projectRoot.appendingPathComponent("data/sample/README.md")
        let recipe = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n")
            .first { $0.hasPrefix("    kindred generate ") }
        let arguments = try #require(recipe).split(separator: " ").dropFirst().map(String.init)
        try FileManager.default.createDirectory(
            at: scratch.url.appendingPathComponent("data/sample"), withIntermediateDirectories: true)
        #expect(try Program.run(Program.url, arguments, in: scratch.url).status == 0)
        for name in ["ratings.csv", "movies.csv"] {
            let kept = try Data(contentsOf: projectRoot.appendingPathComponent("data/sample/\(name)"))
            #expect(try scratch.read("data/sample/\(name)") == kept)
        }
    }

    /// The goal of the planted communities: NMI ≥ 0.95 with the defaults of both commands.
    @Test func `planted communities are recovered`() throws {
        _ = try Program.run(
            "generate", "2000x1500x120000", "--output", scratch.path("r.csv"), "--truth", scratch.path("truth.csv"))
        let outcome = try graph(scratch.path("r.csv"), "--output", scratch.path("out"), "--quiet")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try agreement("truth.csv", "out/users.csv") >= 0.95)
    }

    @Test func `generated files are read back in every format`() throws {
        for name in ["r.csv", "r.dat", "r.tsv"] {
            #expect(try Program.run("generate", "60x50x1500", "--output", scratch.path(name)).status == 0)
            let outcome = try graph(
                scratch.path(name), "--output", scratch.path("out-\(name)"), "--quiet", "--neighbors", "5")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        for name in ["r.dat", "r.tsv"] {
            #expect(try scratch.read("out-\(name)/edges.csv") == scratch.read("out-r.csv/edges.csv"))
        }
    }

    @Test func `fetch names a mirror that does not answer`() throws {
        let outcome = try Program.run(
            "fetch", "ml-100k", "--mirror", "http://127.0.0.1:9", "--output", scratch.path("sets"))
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("cannot be reached") && outcome.errors.contains("--mirror"))
        #expect(scratch.names.isEmpty)
    }
}

extension CommandTests {
    /// The normalized mutual information of the last columns of two tables, matched by their first.
    private func agreement(_ truth: String, _ found: String) throws -> Double {
        func column(_ name: String) throws -> [String: Int32] {
            let lines = try String(decoding: scratch.read(name), as: UTF8.self).split(separator: "\n").dropFirst()
            return Dictionary(
                uniqueKeysWithValues: lines.map { line in
                    let fields = line.split(separator: ",")
                    return (String(fields[0]), Int32(fields[fields.count - 1]) ?? 0)
                })
        }
        let (planted, communities) = (try column(truth), try column(found))
        let users = communities.keys.sorted()
        return PartitionComparison(
            Partition(labels: users.map { planted[$0] ?? 0 }), Partition(labels: users.map { communities[$0] ?? 0 })
        ).normalizedMutualInformation
    }
}
