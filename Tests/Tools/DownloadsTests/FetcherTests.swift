import Downloads
import Foundation
import Platform
import TestSupport
import Testing

/// Downloads from a loopback server, good and bad.
struct FetcherTests {
    let scratch: Scratch
    let dataSet = PublishedDataSet.all[0]

    init() throws { scratch = try Scratch() }

    /// An archive like those of GroupLens: one folder with the ratings in it.
    private func archive() throws -> [UInt8] {
        try scratch.write("pack/ml-100k/u.data", (0..<5000).map { "1\t\($0)\t3\t0\n" }.joined())
        let zip = Process()
        zip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        zip.currentDirectoryURL = scratch.url.appendingPathComponent("pack")
        zip.arguments = ["python3", "-m", "zipfile", "-c", "../archive.zip", "ml-100k"]
        try zip.run()
        zip.waitUntilExit()
        return Array(try scratch.read("archive.zip"))
    }

    private func checksum(_ bytes: [UInt8]) -> String {
        let checksum = Checksum(.md5)
        checksum.update(Data(bytes))
        return checksum.finish().hexadecimal
    }

    private func fetch(_ files: [String: LoopbackServer.File]) async throws {
        let server = try await LoopbackServer(files)
        let parent = scratch.url.appendingPathComponent("here")
        do {
            try await Fetcher(dataSet, mirror: server.address + "/", parent: parent).fetch { _, _ in }
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func files(_ bytes: [UInt8], cutAfter: Int? = nil, sum: String? = nil) -> [String: LoopbackServer.File] {
        [
            "/ml-100k.zip": .init(bytes: bytes, cutAfter: cutAfter),
            "/ml-100k.zip.md5": .init(bytes: Array("MD5 (ml-100k.zip) = \(sum ?? checksum(bytes))\n".utf8)),
        ]
    }

    private var leftOvers: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scratch.path("here"))) ?? []).sorted()
    }

    @Test func `valid archive is unpacked`() async throws {
        try await fetch(files(archive()))
        #expect(leftOvers == ["ml-100k"])
        #expect(try scratch.read("here/ml-100k/u.data").count > 5000)
    }

    @Test func `truncated download resumes where it ended`() async throws {
        let bytes = try archive()
        let error = await #expect(throws: FetchError.self) { try await fetch(files(bytes, cutAfter: 1000)) }
        guard case .cutShort(_, let received, let expected) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(received <= 1000 && expected == bytes.count)
        #expect("\(error.map { "\($0)" } ?? "")".contains("goes on where this ended"))
        #expect(leftOvers == [".ml-100k.zip.partial"])
        // A second download from the start would get these zeros, and the checksum would fail.
        let other = Array(repeating: UInt8(0), count: received) + bytes.dropFirst(received)
        try await fetch(files(other, sum: checksum(bytes)))
        #expect(leftOvers == ["ml-100k"])
    }

    @Test func `wrong checksum leaves no files`() async throws {
        let bytes = try archive()
        let wrong = String(repeating: "0", count: 32)
        let error = await #expect(throws: FetchError.self) { try await fetch(files(bytes, sum: wrong)) }
        #expect(error.map { "\($0)" }?.contains("not \(wrong) as published") == true)
        #expect(leftOvers.isEmpty)
    }

    @Test func `missing file is reported`() async throws {
        let error = await #expect(throws: FetchError.self) { try await fetch([:]) }
        guard case .status(let url, 404) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(url.hasSuffix("/ml-100k.zip.md5"))
        #expect(leftOvers.isEmpty)
    }

    @Test func `unreadable checksum is reported`() async throws {
        var files = files([1, 2, 3])
        files["/ml-100k.zip.md5"]?.bytes = Array("<html>".utf8)
        let error = await #expect(throws: FetchError.self) { try await fetch(files) }
        guard case .unreadableChecksum(_, "<html>") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `invalid archive is reported`() async throws {
        let error = await #expect(throws: FetchError.self) { try await fetch(files(Array("no archive".utf8))) }
        guard case .cannotUnpack = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!leftOvers.contains("ml-100k"))
    }

    @Test func `unreachable server is reported`() async throws {
        // A stopped server: nothing listens on its port.
        let server = try await LoopbackServer([:])
        let address = server.address
        try await server.stop()
        let fetcher = Fetcher(dataSet, mirror: address, parent: scratch.url.appendingPathComponent("here"))
        let error = await #expect(throws: FetchError.self) { try await fetcher.fetch { _, _ in } }
        #expect(error.map { "\($0)" }?.contains("cannot be reached") == true)
        #expect(leftOvers.isEmpty)
    }
}
