import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Service
import ServingSupport
import Store
import TestSupport
import Testing

/// Files for downloads, in a folder where cleaners go about.
struct DownloadTests {
    private let service: TestService

    init() async throws { service = try await TestService() }

    private var folders: [URL] {
        let scratch = service.sample.scratch
        return scratch.names.filter { $0.hasPrefix("kindred-downloads-") }.map(scratch.url.appendingPathComponent)
    }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func `15.13: files lie in a private folder, and come again when they were taken`() async throws {
        let first = try await service.get("/graph.csv", as: .admin)
        #expect(first.status == .ok)
        let folder = try #require(folders.first)
        #expect(try mode(folder) == 0o700)

        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
        try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
        #expect(try await service.get("/graph.csv", as: .admin).body == first.body)

        try FileManager.default.removeItem(at: folder)
        #expect(try await service.get("/graph.graphml", as: .admin).status == .ok)
        #expect(try await service.get("/graph.csv", as: .admin).body == first.body)
        #expect(folders.count == 1)
    }

    @Test func `15.13: downloads that begin at once share a file`() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await service.get("/graph.csv", as: .admin).status == .ok } }
            for try await isOK in group { #expect(isOK) }
        }
        let folder = try #require(folders.first)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == 1 && files[0].hasPrefix("run-1-") && files[0].hasSuffix(".csv"))
    }

    @Test func `15.17: a folder that cannot be written is said in plain words`() async throws {
        let service = try await TestService { $0.temporaryFolder = URL(fileURLWithPath: "/dev/null/none") }
        let reply = try await service.get("/graph.csv", as: .admin)
        #expect(reply.status.code == 507 && reply.text.contains("the folder for temporary files"))
    }
}
