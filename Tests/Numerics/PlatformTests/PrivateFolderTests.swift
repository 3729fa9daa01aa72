import Foundation
import Platform
import TestSupport
import Testing

struct PrivateFolderTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func `15.13: a folder is private, and goes with its owner`() throws {
        do {
            let folder = try PrivateFolder(in: scratch.url, prefix: "downloads")
            #expect(try mode(folder.url) == 0o700)
            #expect(scratch.names == [folder.url.lastPathComponent] && scratch.names[0].hasPrefix("downloads-"))
            try Data([1]).write(to: folder.url.appendingPathComponent("file"))
        }
        #expect(scratch.names.isEmpty)
    }

    @Test func `15.13: folders that nobody has locked are removed, and no others`() throws {
        let used = try PrivateFolder(in: scratch.url, prefix: "downloads")
        try scratch.write("downloads-abandoned/file", "left")
        try scratch.write("downloads-file", "no folder")
        try scratch.write("target/file", "kept")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("downloads-link"), withDestinationPath: scratch.path("target"))
        PrivateFolder.removeAbandoned(in: scratch.url, prefix: "downloads")
        #expect(
            scratch.names == ["downloads-file", "downloads-link", "target", used.url.lastPathComponent].sorted())
        #expect(used.exists && scratch.contents["target/file"] != nil)
    }

    @Test func `15.13: a folder that was taken, or replaced by another, is not there`() throws {
        let folder = try PrivateFolder(in: scratch.url, prefix: "downloads")
        try FileManager.default.removeItem(at: folder.url)
        #expect(!folder.exists)
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: false)
        #expect(!folder.exists)
        folder.remove()
        #expect(scratch.names == [folder.url.lastPathComponent])
    }

    @Test func `a folder that cannot be created throws`() {
        #expect(throws: POSIXError.self) {
            try PrivateFolder(in: scratch.url.appendingPathComponent("missing"), prefix: "downloads")
        }
    }
}
