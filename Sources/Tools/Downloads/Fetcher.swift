import AsyncHTTPClient
import FileOutput
public import Foundation
import Platform

/// Brings a published data set: loads its archive, verifies the checksum, unpacks it.
///
/// The archive grows in a hidden file beside the place, from which an interrupted load goes on. The folder appears when all
/// is verified and unpacked, or not at all.
public struct Fetcher: Sendable {
    public let dataSet: PublishedDataSet
    /// The address of the folder that holds the archives.
    public let mirror: String
    /// The folder to put the data set's folder into.
    public let parent: URL

    public init(_ dataSet: PublishedDataSet, mirror: String, parent: URL) {
        self.dataSet = dataSet
        self.mirror = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
        self.parent = parent
    }

    private var url: String { "\(mirror)/\(dataSet.name).zip" }

    /// Where the data set comes to lie.
    public var folder: URL { parent.appendingPathComponent(dataSet.name) }

    /// - Parameter progress: told of the bytes at hand, and of all where the server says how many.
    /// - Throws: `FetchError`.
    public func fetch(progress: @Sendable (_ received: Int, _ expected: Int?) -> Void) async throws {
        let archive = parent.appendingPathComponent(".\(dataSet.name).zip.partial")
        let expected = try await HTTPClient.withHTTPClient(configuration: Download.configuration) { client in
            let expected = try await publishedChecksum("\(url).md5", client)
            try await Download(client: client, url: url, file: archive, sizeLimit: dataSet.sizeLimit).run(
                progress: progress)
            return expected
        }
        let observed = try md5(of: archive)
        guard observed == expected else {
            try? FileManager.default.removeItem(at: archive)
            throw FetchError.wrongChecksum(url: url, expected: expected, observed: observed)
        }
        try unpack(archive)
        try? FileManager.default.removeItem(at: archive)
    }

    /// The checksum in a line such as `MD5 (ml-100k.zip) = 0e33…` or `0e33…  ml-100k.zip`.
    private func publishedChecksum(_ url: String, _ client: HTTPClient) async throws -> String {
        let text = try await Download.text(url, client)
        let words = text.split { $0.isWhitespace }.map { $0.lowercased() }
        guard let sum = words.first(where: { $0.count == 32 && $0.allSatisfy(\.isHexDigit) }) else {
            throw FetchError.unreadableChecksum(url: url, text: String(text.prefix(60)))
        }
        return sum
    }

    /// Unpacks beside the place and renames. An archive that cannot be unpacked is removed, or it would be in the way of
    /// another load.
    private func unpack(_ archive: URL) throws {
        let staging = parent.appendingPathComponent(".\(dataSet.name).unpacking")
        try? FileManager.default.removeItem(at: staging)
        defer { try? FileManager.default.removeItem(at: staging) }
        do {
            try Unpacking(archive: archive, folder: staging, limits: dataSet.unpacking).run()
        } catch let error where error is ArchiveError || error is UnpackingError {
            try? FileManager.default.removeItem(at: archive)
            throw FetchError.cannotUnpack(url: url, reason: "\(error)")
        } catch {
            throw FetchError.cannotWrite(path: staging.path, reason: FileOutput.reason(error))
        }
        let inner = staging.appendingPathComponent(dataSet.name)
        let unpacked = FileManager.default.fileExists(atPath: inner.path) ? inner : staging
        do { try FileManager.default.moveItem(at: unpacked, to: folder) } catch {
            throw FetchError.cannotWrite(path: folder.path, reason: FileOutput.reason(error))
        }
    }
}
