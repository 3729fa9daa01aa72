import Foundation
import TestSupport
import Testing
import Worker

struct WorkerProtocolTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: projectRoot.appendingPathComponent(path), encoding: .utf8)
    }

    /// The worker has a constant of its own: `FileOutput` links libraries that it does without.
    @Test func `the worker has the version of all programs`() throws {
        let source = try text("Sources/Files/FileOutput/Version.swift")
        #expect(source.contains("kindred = \"\(WorkerProtocol.kindred)\""))
    }

    @Test func `the document names the version, every kind of frame and every exit code`() throws {
        let document = try text("docs/worker-protocol.md")
        #expect(document.contains("Version \(WorkerProtocol.version)"))
        for kind in FrameKind.allCases { #expect(document.contains("| \(kind.rawValue) | \(kind.name) |"), "\(kind)") }
        for code: WorkerFailure.Code in [.noResult, .badInput, .brokenPipe, .otherMachine] {
            #expect(document.contains("| \(code.rawValue) |"), "\(code)")
        }
    }

    /// The document's example, in hexadecimal, is a CONFIG frame and a PAIR frame.
    @Test func `the example of the document is what a writer writes`() throws {
        let document = try text("docs/worker-protocol.md")
        let lines = document.split(separator: "\n").filter { $0.hasPrefix("    0x") }
        let bytes = lines.flatMap { line in
            line.dropFirst(4).split(separator: " ").dropFirst().prefix { $0 != "│" }.compactMap { UInt8($0, radix: 16) }
        }
        #expect(bytes == stream([Frame(.config, Array("task=merge\nneighbors=10\n".utf8)), Frame(.pair)]))
    }
}
