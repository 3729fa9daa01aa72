import FileOutput
import Foundation
import KindredCommand
import Platform
import TestSupport
import Testing

/// `kindred spark package`: what a cluster gets.
@Suite(.enabled(if: isLinux, "a cluster has Linux"))
struct SparkPackageTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Starts quickly and loads the C library alone.
    private static let small = "/bin/true"

    private func package(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.url, ["spark", "package", "--output", scratch.path("out")] + arguments)
    }

    private func members() throws -> [String: [UInt8]] {
        let reader = try ArchiveReader(path: scratch.path("out/kindred-worker.tar.gz"))
        var members: [String: [UInt8]] = [:]
        while let member = try reader.next() {
            var content: [UInt8] = []
            while case let block = try reader.read(), !block.isEmpty { content += block }
            members[try #require(member.name)] = content
        }
        return members
    }

    @Test func `the archive has the worker, the libraries that it loads, and their licenses`() throws {
        let outcome = try package()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("kindred_spark.py, README.md and kindred-worker.tar.gz ("))
        #expect(Set(scratch.contents.keys.filter { $0.hasPrefix("out/") }).count == 3)
        let resources = projectRoot.appendingPathComponent("Sources/Tools/KindredCommand/Resources/Spark")
        #expect(try scratch.read("out/README.md") == Data(contentsOf: resources.appendingPathComponent("README.md")))
        #expect(
            String(decoding: try scratch.read("out/kindred_spark.py"), as: UTF8.self)
                == (try SparkModules.ofProject.joined))
        let members = try members()
        let worker = Bundle.main.bundleURL.appendingPathComponent("kindred-worker")
        #expect(try members["kindred-worker"] == Array(Data(contentsOf: worker)))
        let libraries = members.keys.filter { $0.hasPrefix("lib") && $0.contains(".so") }
        #expect(libraries.contains { $0.hasPrefix("libopenblas.so") })
        #expect(libraries.contains { $0.hasPrefix("liblapacke.so") })
        #expect(!members.keys.contains { $0.hasPrefix("libc.so") || $0.hasPrefix("libm.so") || $0.hasPrefix("ld-") })
        // Each library is named in the notice, and each license that the notice names is there.
        let notice = String(decoding: try #require(members["NOTICE"]), as: UTF8.self)
        for library in libraries {
            let stem = try #require(library.split(separator: ".").first)
            #expect(notice.contains(stem), "\(library)")
        }
        let licenses = Set(notice.matches(of: /licenses\/[\w.-]+/).map { String($0.output) })
        #expect(licenses.count == 7 && licenses == Set(members.keys.filter { $0.hasPrefix("licenses/") }))
        let own = try Data(contentsOf: projectRoot.appendingPathComponent("LICENSE"))
        #expect(members["licenses/Kindred.txt"] == Array(own))
    }

    /// What a cluster does: unpacks the archive anywhere. The loader has to find the libraries there and not in the system.
    @Test func `the worker loads the libraries beside it`() throws {
        #expect(try package().status == 0)
        let folder = scratch.path("unpacked")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tar = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["tar", "-xzf", scratch.path("out/kindred-worker.tar.gz"), "-C", folder])
        #expect(tar.status == 0, "\(tar.errors)")
        let worker = "\(folder)/kindred-worker"
        #expect(FileManager.default.isExecutableFile(atPath: worker))
        let listing = try Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["ldd", worker])
        let libraries = try SharedLibrary.listed(listing.output, program: worker)
        #expect(libraries.count > 5)
        for library in libraries where !library.isOfCLibrary { #expect(library.path.hasPrefix(folder), "\(library)") }
    }

    @Test func `the same worker gives the same bytes, in a folder that keeps its other files`() throws {
        #expect(try package("--worker", Self.small, "--quiet").output.isEmpty)
        let first = scratch.contents
        try scratch.write("out/notes.txt", "mine")
        #expect(try package("--worker", Self.small, "--quiet").status == 0)
        #expect(scratch.contents.filter { $0.key != "out/notes.txt" } == first)
        #expect(try String(decoding: scratch.read("out/notes.txt"), as: UTF8.self) == "mine")
    }

    @Test func `a worker that is none is refused, and nothing is written`() throws {
        let script = try scratch.write("worker", "#!/bin/sh\n")
        for (path, problem) in [
            (script, "\(script): this is no program for Linux. Name the kindred-worker of a build."),
            (scratch.path("missing"), "missing: the file cannot be read ("),
        ] {
            let outcome = try package("--worker", path)
            #expect(
                outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains(problem), "\(outcome.errors)")
            #expect(scratch.names == ["worker"])
        }
        let half = try scratch.write("worker", [0x7F] + Array("ELF".utf8) + [UInt8](repeating: 0, count: 60))
        #expect(try package("--worker", half).errors.contains("ldd cannot list its shared libraries"))
    }

    @Test func `what ldd lists is understood`() throws {
        let text = """
            \tlinux-vdso.so.1 (0x00007f2e00148000)
            \tlibopenblas.so.0 => /opt/a b/libopenblas.so.0 (0x00007f2dfd118000)
            \tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f2e00057000)
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f2e0014a000)

            """
        let libraries = try SharedLibrary.listed(text, program: "w")
        #expect(libraries.map(\.name) == ["libopenblas.so.0", "libm.so.6"])
        #expect(libraries.map(\.path) == ["/opt/a b/libopenblas.so.0", "/lib/x86_64-linux-gnu/libm.so.6"])
        #expect(libraries.map(\.isOfCLibrary) == [false, true])
        let error = #expect(throws: InputError.self) {
            try SharedLibrary.listed("\tlibopenblas.so.0 => not found\n", program: "w")
        }
        #expect(error?.problem == "it loads libopenblas.so.0, which is not found")
        #expect(try SharedLibrary.listed("\tstatically linked\n", program: "w").isEmpty)
    }

    @Test func `help has usage and examples`() throws {
        for words in [["spark", "--help"], ["spark", "package", "--help"]] {
            let help = try Program.run(Program.url, words)
            #expect(help.status == 0 && help.output.contains("USAGE: kindred spark"))
        }
        #expect(try Program.run("spark", "package", "--help").output.contains("EXAMPLES"))
        #expect(try Program.run("spark", "package").status == 64)
    }
}

#if os(Linux)
    private let isLinux = true
#else
    private let isLinux = false
#endif
