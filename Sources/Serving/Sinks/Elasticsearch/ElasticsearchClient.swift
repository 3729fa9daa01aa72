import AsyncHTTPClient
import Dispatch
public import Foundation
import NIOCore
import NIOFoundationCompat
public import NIOHTTP1
import NIOSSL
import Synchronization

/// Asks one Elasticsearch or OpenSearch server; it has to be shut down in the end.
public final class ElasticsearchClient: Sendable {
    public let configuration: ElasticsearchConfiguration
    private let client: HTTPClient
    private let known = Mutex<ServerInfo?>(nil)

    /// The most bytes of an answer.
    private static let sizeLimit = 128 << 20

    /// Asks nobody yet.
    ///
    /// - Throws: `ElasticsearchError.configuration` where the certificates cannot be read.
    public init(_ configuration: ElasticsearchConfiguration) throws(ElasticsearchError) {
        self.configuration = configuration
        let seconds = TimeAmount.milliseconds(Int64(configuration.timeout * 1000))
        var settings = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: min(seconds, .seconds(10)), read: seconds))
        settings.redirectConfiguration = .disallow
        settings.connectionPool.retryConnectionEstablishment = false
        if let file = configuration.caFile {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
                settings.tlsConfiguration = tls
            } catch {
                throw .configuration(
                    "\(file): the file holds no certificates (\(error))", remedy: "Name a file in PEM.")
            }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// What was never used is shut down too: a client of HTTP that is not ends a program that was built for debugging.
    deinit { client.shutdown(queue: .global()) { _ in } }

    public func shutdown() async { try? await client.shutdown() }

    /// Runs a body with a client, and shuts it down.
    public static func use<Value>(
        _ configuration: ElasticsearchConfiguration, _ body: (ElasticsearchClient) async throws -> Value
    ) async throws -> Value {
        let client = try ElasticsearchClient(configuration)
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        return try result.get()
    }

    /// Who answers: asked once.
    ///
    /// - Throws: `ElasticsearchError`.
    public func info() async throws -> ServerInfo {
        if let info = known.withLock({ $0 }) { return info }
        let answer = try await send(.GET, "/", as: nil)
        guard answer.status == 200 else { throw answer.error }
        let info = try ServerInfo(answer.body, of: configuration.url)
        known.withLock { $0 = info }
        return info
    }

    /// Sends a request with JSON, and once more after a wait where the server is busy or cannot be reached.
    ///
    /// - Parameters:
    ///   - path: with a slash at its begin, percent-encoded.
    ///   - attempts: how often in all.
    /// - Returns: the body of the answer.
    /// - Throws: `ElasticsearchError` for every status from 400 on, and where no attempt succeeds; `CancellationError`.
    public func request(
        _ method: HTTPMethod, _ path: String, query: String = "", body: Data? = nil, attempts: Int = 6
    ) async throws -> Data {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        var attempt = 1
        while true {
            var asked: Duration?
            do {
                let answer = try await send(method, path, query: query, body: body.map { ByteBuffer(data: $0) })
                // A lost answer to a request that was done: an index that is made is there, a removed one is not.
                let wasDone =
                    attempt > 1 && (method == .PUT ? answer.isAlreadyThere : method == .DELETE && answer.status == 404)
                if answer.status < 400 || wasDone { return answer.body }
                guard answer.isBusy, attempt < attempts else { throw answer.error }
                asked = answer.retryAfter
            } catch let error as ElasticsearchError where error.isTransient && attempt < attempts {
                try Task.checkCancellation()
            }
            attempt += 1
            try await Task.sleep(for: backoff.next(asked: asked, using: &generator))
        }
    }

    /// Sends a request once.
    ///
    /// - Returns: whatever the server answers, errors too.
    /// - Throws: `ElasticsearchError.unreachable` where it does not answer, `CancellationError`.
    func send(
        _ method: HTTPMethod, _ path: String, query: String = "", body: ByteBuffer? = nil,
        as format: BodyFormat? = .json, isCompressed: Bool = false
    ) async throws -> ServerAnswer {
        let name = "\(method) \(configuration.url)\(path)"
        var request = HTTPClientRequest(url: configuration.url + path + (query.isEmpty ? "" : "?" + query))
        request.method = method
        request.headers.add(name: "User-Agent", value: "kindred")
        if let header = configuration.authentication.header {
            request.headers.add(name: "Authorization", value: header)
        }
        if let format {
            let info = try await info()
            request.headers.add(name: "Accept", value: info.mediaType(.json))
            if body != nil { request.headers.add(name: "Content-Type", value: info.mediaType(format)) }
        }
        if isCompressed { request.headers.add(name: "Content-Encoding", value: "gzip") }
        if let body { request.body = .bytes(body) }
        do {
            let timeout = TimeAmount.milliseconds(Int64(configuration.timeout * 1000))
            let response = try await client.execute(request, timeout: timeout)
            let data = Data(buffer: try await response.body.collect(upTo: Self.sizeLimit))
            return ServerAnswer(request: name, head: response.headers, status: Int(response.status.code), body: data)
        } catch {
            try Task.checkCancellation()
            throw ElasticsearchError.unreachable(request: name, problem: "no answer (\(error))")
        }
    }
}
