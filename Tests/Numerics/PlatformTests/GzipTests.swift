import Foundation
import Platform
import TestSupport
import Testing

struct GzipTests {
    /// By the program of that name.
    @Test(arguments: [0, 1, 1_000, 3_000_000])
    func `compressed bytes expand to themselves`(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 / 251) }
        let scratch = try Scratch()
        let path = scratch.path("a.gz")
        try Data(gzip(bytes)).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let expanded = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(Array(expanded) == bytes)
    }

    @Test func `repetition shrinks`() {
        #expect(gzip([UInt8](repeating: 7, count: 1_000_000)).count < 10_000)
    }
}
