import Foundation
import Platform
import TestSupport
import Testing

struct ArchiveWriterTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// More than one block of libarchive's, and hardly compressible.
    private static let program = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
    private static let files: [(name: String, bytes: Data, isExecutable: Bool)] = [
        ("worker", program, true), ("licenses/é.txt", Data("text\n".utf8), false), ("empty", Data(), false),
    ]

    private func archive(_ format: ArchiveWriter.Format = .gzippedTar) throws -> [UInt8] {
        let writer = try ArchiveWriter(format)
        for file in Self.files { try writer.add(file.name, file.bytes, permissions: file.isExecutable ? 0o755 : 0o644) }
        return try writer.finish()
    }

    @Test(arguments: [(ArchiveWriter.Format.gzippedTar, ArchiveFormat.gzip), (.storedZip, .zip)])
    func `what is written is read`(format: ArchiveWriter.Format, readAs: ArchiveFormat) throws {
        let reader = try ArchiveReader(path: scratch.write("archive", archive(format)))
        #expect(reader.format == readAs)
        var read: [String: Data] = [:]
        while let member = try reader.next() {
            var content: [UInt8] = []
            while case let block = try reader.read(), !block.isEmpty { content += block }
            read[try #require(member.name)] = Data(content)
        }
        #expect(read == Dictionary(uniqueKeysWithValues: Self.files.map { ($0.name, $0.bytes) }))
    }

    @Test func `the same files give the same bytes`() throws {
        let first = try archive()
        // The time of a gzip file counts seconds.
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try archive() == first)
        #expect(first[4..<8].allSatisfy { $0 == 0 })
        #expect(first.count < Self.program.count + 4096)
    }

    @Test func `a stored zip holds the bytes of its files`() throws {
        let bytes = try Data(archive(.storedZip))
        #expect(bytes.range(of: Self.program) != nil)
        #expect(try archive(.storedZip) == Array(bytes))
    }

    @Test func `tar lists modes, owners and times`() throws {
        let path = try scratch.write("a.tar.gz", archive())
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["TZ=UTC", "LC_ALL=C.UTF-8", "tar", "-tvzf", path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map { $0[0] } == ["-rwxr-xr-x", "-rw-r--r--", "-rw-r--r--"])
        #expect(lines.compactMap(\.last) == Self.files.map(\.name))
        #if os(Linux)
            #expect(lines.allSatisfy { $0[1] == "0/0" && $0[3] == "1980-01-01" && $0[4] == "00:00" })
        #endif
    }

    @Test func `a name that tar cannot hold is an error`() throws {
        let writer = try ArchiveWriter(.gzippedTar)
        let error = #expect(throws: ArchiveError.self) {
            try writer.add(String(repeating: "n", count: 300), Data())
        }
        #expect(error?.description.hasPrefix("cannot be written: ") == true)
    }
}
