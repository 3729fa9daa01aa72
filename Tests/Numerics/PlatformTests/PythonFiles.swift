import Foundation
import TestSupport

/// Files that Python's standard library writes.
enum PythonFiles {
    private static let python = ProcessInfo.processInfo.environment["KINDRED_PYTHON"] ?? "python3"
    private static let modules = "import bz2, gzip, io, lzma, os, sys, tarfile, zipfile\n"

    /// Whether there is a Python that can write them.
    static let areAvailable = (try? run("", in: FileManager.default.temporaryDirectory)) == 0

    /// Runs a program in a folder.
    static func make(in scratch: Scratch, _ program: String) throws {
        let status = try run(program, in: scratch.url)
        if status != 0 { throw CocoaError(.fileWriteUnknown) }
    }

    private static func run(_ program: String, in folder: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", modules + program]
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
