import AsyncHTTPClient
import FileOutput
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Loads one file over HTTP, going on where an earlier load of the same file ended.
struct Download {
    let client: HTTPClient
    let url: String
    let file: URL
    /// The most bytes of the file.
    let sizeLimit: Int

    /// A short text.
    static func text(_ url: String, _ client: HTTPClient) async throws -> String {
        let response = try await get(HTTPClientRequest(url: url), client)
        guard response.status == .ok else { throw FetchError.status(url: url, code: Int(response.status.code)) }
        do {
            return String(buffer: try await response.body.collect(upTo: 4096))
        } catch {
            throw FetchError.cutShort(url: url, received: 0, expected: nil)
        }
    }

    func run(progress: @Sendable (_ received: Int, _ expected: Int?) -> Void) async throws {
        let present = size(of: file)
        guard present <= sizeLimit else { throw tooLarge() }
        var request = HTTPClientRequest(url: url)
        if present > 0 { request.headers.add(name: "Range", value: "bytes=\(present)-") }
        let response = try await Self.get(request, client)
        switch response.status {
        case .partialContent: try await append(response, from: present, progress)
        case .ok: try await append(response, from: 0, progress)
        // The file is whole already: its checksum will tell.
        case .rangeNotSatisfiable where present > 0: progress(present, present)
        default: throw FetchError.status(url: url, code: Int(response.status.code))
        }
    }

    /// How the client is set: a server that is not there is said at once, not after minutes of trying.
    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(15), read: .seconds(60)))
        // `get` follows them.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// The most redirects on the way to a file.
    private static let redirectLimit = 5

    /// Follows redirects, but from https to https alone.
    private static func get(_ request: HTTPClientRequest, _ client: HTTPClient) async throws -> HTTPClientResponse {
        var (request, redirects) = (request, 0)
        while true {
            let response = try await answer(request, client)
            guard 300..<400 ~= response.status.code, let location = response.headers.first(name: "Location") else {
                return response
            }
            let source = URL(string: request.url)
            guard redirects < redirectLimit, let target = URL(string: location, relativeTo: source)?.absoluteURL,
                target.scheme == "https" || target.scheme == "http" && source?.scheme == "http"
            else { throw FetchError.redirected(url: request.url, target: location) }
            request.url = target.absoluteString
            redirects += 1
        }
    }

    private static func answer(_ request: HTTPClientRequest, _ client: HTTPClient) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: .hours(12))
        } catch {
            throw FetchError.unreachable(url: request.url, reason: Self.reason(error))
        }
    }

    /// The two ordinary reasons in ordinary words.
    private static func reason(_ error: any Error) -> String {
        if error is IOError { return "nothing answers there" }
        guard let connection = error as? NIOConnectionError else { return "\(error)" }
        return connection.connectionErrors.isEmpty
            ? "the name \(connection.host) is not known" : "nothing answers at \(connection.host):\(connection.port)"
    }

    /// Writes the body behind the first `start` bytes of the file.
    private func append(
        _ response: HTTPClientResponse, from start: Int,
        _ progress: @Sendable (_ received: Int, _ expected: Int?) -> Void
    ) async throws {
        let length = response.headers.first(name: "Content-Length").flatMap(Int.init)
        let expected = length.map { start + min($0, sizeLimit + 1) }
        if let expected, expected > sizeLimit { throw tooLarge() }
        let handle = try open(truncatedAt: start)
        defer { try? handle.close() }
        var received = start
        do {
            for try await buffer in response.body {
                guard received + buffer.readableBytes <= sizeLimit else { throw tooLarge() }
                try write(Data(buffer.readableBytesView), to: handle)
                received += buffer.readableBytes
                progress(received, expected)
            }
        } catch let error as FetchError {
            throw error
        } catch {
            throw FetchError.cutShort(url: url, received: received, expected: expected)
        }
        if let expected, received != expected {
            throw FetchError.cutShort(url: url, received: received, expected: expected)
        }
    }

    /// What is too large already is not gone on with.
    private func tooLarge() -> FetchError {
        try? FileManager.default.removeItem(at: file)
        return .tooLarge(url: url, limit: sizeLimit)
    }

    private func open(truncatedAt start: Int) throws -> FileHandle {
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            if start == 0 { try Data().write(to: file) }
            let handle = try FileHandle(forWritingTo: file)
            try handle.seek(toOffset: UInt64(start))
            return handle
        } catch {
            throw FetchError.cannotWrite(path: file.path, reason: FileOutput.reason(error))
        }
    }

    private func write(_ data: Data, to handle: FileHandle) throws {
        do { try handle.write(contentsOf: data) } catch {
            throw FetchError.cannotWrite(path: file.path, reason: FileOutput.reason(error))
        }
    }

    /// The bytes at hand. What is no regular file, such as a link, is removed.
    private func size(of file: URL) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular {
            try? FileManager.default.removeItem(at: file)
            return 0
        }
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
