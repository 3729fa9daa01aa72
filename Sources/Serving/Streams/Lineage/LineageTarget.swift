import AsyncHTTPClient
public import Foundation
public import Governance
import NIOCore
import NIOHTTP1

/// Where events of lineage go: a file, a line each, or an OpenLineage server.
///
/// Work never fails because its lineage cannot be told: problems are returned, for a warning.
public enum LineageTarget: Sendable, Equatable {
    case file(String)
    /// - Parameter url: the address that takes events by POST.
    case server(url: String)

    /// How often a server is asked.
    private static let attempts = 3

    /// - Parameter text: an `http` or `https` URL, or a path.
    /// - Returns: nil for an empty text or a URL without a host.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let isURL = ["http://", "https://"].contains { text.lowercased().hasPrefix($0) }
        if isURL, URL(string: text)?.host() == nil { return nil }
        self = isURL ? .server(url: text) : .file(text)
    }

    /// Tells one event of a job.
    ///
    /// - Returns: why it could not be told; nil where it was.
    public func send(_ event: LineageJob.Event, of job: LineageJob, at time: Date = Date()) async -> String? {
        do {
            let line = try job.line(event, at: time)
            switch self {
            case .file(let path): return Self.append(line, to: path)
            case .server(let url): return await Self.post(line, to: url)
            }
        } catch { return "the event cannot be written as JSON" }
    }

    /// By one write at the end of the file, so that several processes can share it.
    private static func append(_ line: String, to path: String) -> String? {
        let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            return "\(path): lineage cannot be written (\(reason))"
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do { try handle.write(contentsOf: Data(line.utf8)) } catch { return "\(path): lineage cannot be written" }
        return nil
    }

    private static func post(_ line: String, to url: String) async -> String? {
        var configuration = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(5), read: .seconds(10)))
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var problem: String?
        for attempt in 1...attempts {
            problem = await post(line, to: url, by: client)
            if problem == nil { break }
            if attempt < attempts { try? await Task.sleep(for: .milliseconds(250 << attempt)) }
        }
        try? await client.shutdown()
        return problem
    }

    private static func post(_ line: String, to url: String, by client: HTTPClient) async -> String? {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "kindred")
        request.body = .bytes(ByteBuffer(string: line))
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            let isTaken = (200..<300).contains(response.status.code)
            return isTaken ? nil : "the lineage server answers \(response.status.code)"
        } catch { return "the lineage server does not answer" }
    }
}
