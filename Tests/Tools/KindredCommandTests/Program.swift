import Foundation
import TestSupport
import Testing

/// The built program, run as a user runs it.
enum Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output as JSON of a kind.
        func json<Value>(_ kind: Value.Type = Value.self) throws -> Value {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? Value)
        }
    }

    /// The program beside the tests.
    static let url = Bundle.main.bundleURL.appendingPathComponent("kindred")

    static func run(_ arguments: String..., in folder: URL? = nil) throws -> Outcome {
        try run(url, arguments, in: folder)
    }

    static func run(_ program: URL, _ arguments: [String], in folder: URL? = nil) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = folder }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // One pipe could fill while the other is read, so both are read at once.
        let reader = PipeReader(errors)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errorText = reader.text
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: text, errors: errorText)
    }
}

/// The folder of the synthetic sample.
let sample = projectRoot.appendingPathComponent("data/sample").path

extension Scratch {
    /// A file of six users in two groups with three items each, and of further rows.
    func sixUsers(_ extra: String = "") throws -> String {
        let rows = (0..<6).flatMap { user in
            (0..<3).map { "\(user + 1),\($0 + (user < 3 ? 0 : 10)),\(1 + (user + $0) % 5)\n" }
        }
        return try write("ratings.csv", "userId,movieId,rating\n" + rows.joined() + extra)
    }
}

/// Reads a pipe on a thread of its own.
private final class PipeReader: @unchecked Sendable {
    private let group = DispatchGroup()
    private var data = Data()

    init(_ pipe: Pipe) {
        DispatchQueue.global().async(group: group) { [self] in
            data = pipe.fileHandleForReading.readDataToEndOfFile()
        }
    }

    var text: String {
        group.wait()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Python with the peers, which `script/test` makes ready; the tests that need it are skipped where it is absent.
enum Oracle {
    static let python = ProcessInfo.processInfo.environment["KINDRED_PYTHON"]

    /// Whether a program is on the path.
    static func has(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    static func run(_ script: String, _ arguments: String...) throws -> Program.Outcome {
        try run(script, arguments)
    }

    static func run(_ script: String, _ arguments: [String]) throws -> Program.Outcome {
        let scripts = projectRoot.appendingPathComponent("Tests/oracles")
        return try Program.run(
            URL(fileURLWithPath: python ?? "python3"), [scripts.appendingPathComponent(script).path] + arguments)
    }
}
