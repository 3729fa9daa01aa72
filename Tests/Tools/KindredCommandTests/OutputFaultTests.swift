import Foundation
import TestSupport
import Testing

/// Commands whose output finds no room or no permission: one plain line, exit code 1, nothing half written.
struct OutputFaultTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let commands = [
        "graph SAMPLE --output out --quiet", "train SAMPLE --output out --quiet --iterations 1 --restarts 1",
        "compare SAMPLE --models popularity --folds 2 --output out --quiet",
        "tune SAMPLE --models knn --trials 1 --holdout 0.3 --output out --quiet",
        "replay SAMPLE --output out --quiet --restarts 1",
        "recommend SAMPLE --all --model popularity --output l.csv --quiet", "generate 100k --output g.csv --quiet",
        "import SAMPLE --store s.sqlite --quiet",
    ]

    private func words(_ command: String) -> [String] {
        command.split(separator: " ").map { $0 == "SAMPLE" ? sample : String($0) }
    }

    private func expectPlain(_ outcome: Program.Outcome, _ command: String, _ words: [String]) {
        let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
        #expect(outcome.status == 1 && lines.count == 1, "\(command): \(outcome.errors)")
        #expect(words.contains { outcome.errors.contains($0) }, "\(command): \(outcome.errors)")
        #expect(!outcome.errors.contains("could not be completed"), "\(command): \(outcome.errors)")
    }

    /// Root may write everywhere but where there is no folder.
    @Test("15.17: a place that cannot be written is said", arguments: commands)
    func noPlace(_ command: String) throws {
        try scratch.write("file", "")
        let place = getuid() == 0 ? scratch.path("file") : "/"
        let output = command.contains("--store") ? "--store" : "--output"
        var words = words(command)
        let index = try #require(words.firstIndex(of: output))
        words[index + 1] = "\(place)/made"
        expectPlain(
            try Program.run(Program.url, words), command,
            ["cannot be created", "cannot be written", "cannot be opened or written"])
        #expect(scratch.names == ["file"])
    }

    /// Whether this machine lets a test mount a file system of its own.
    static let canMount =
        (try? Program.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]))?.status
        == 0

    @Test("15.17: a full disk and a read-only file system are said", .enabled(if: canMount, "no mounts here"))
    func fullDisk() throws {
        for (options, words) in [
            ("size=8k", ["No space left on device", "the disk is full"]),
            ("size=8k,ro", ["read only", "Read-only", "cannot be opened or written"]),
        ] {
            for command in Self.commands {
                let line =
                    "mount -t tmpfs -o \(options) none \(scratch.url.path) && cd \(scratch.url.path) && exec "
                    + ([Program.url.path] + self.words(command)).joined(separator: " ")
                let outcome = try Program.run(
                    URL(fileURLWithPath: "/usr/bin/env"), ["unshare", "-m", "bash", "-c", line])
                expectPlain(outcome, "\(options) \(command)", words)
            }
        }
    }
}
