import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Live
import Logging
import NIOCore
import NIOEmbedded
import Service
import ServingSupport
import Sinks
import Store
import Streams
import Synchronization
import TestSupport
import Testing

/// The service over a small store with a key for each role, asked without a socket.
struct TestService: Sendable {
    let sample: LiveSample
    let live: LiveEngine
    /// Every path of the router, spelled as in `openapi.json`.
    let paths: Set<String>
    private let application: Application<RouterResponder<ServiceContext>>

    /// Nobody changes this one; a test that writes makes its own.
    @TaskLocal static var shared: TestService?

    /// Nobody runs them, so that nobody shuts their clients down, which end the program if they go before that.
    private static let sinks = Mutex<[ElasticsearchSink]>([])

    /// - Parameters:
    ///   - hasSnapshot: whether there has been a refresh.
    ///   - hasKeys: whether requests need a key.
    init(
        hasSnapshot: Bool = true, hasKeys: Bool = true, _ configure: (inout ServiceConfiguration) -> Void = { _ in }
    ) async throws {
        var sample = try LiveSample()
        sample.configuration.kinds = [.als, .knn, .popularity]
        for role in Role.allCases where hasKeys {
            let hash = APIKey.hash(Self.key(role))
            try sample.store.add(StoredKey(hash: hash, name: role.rawValue, role: role, created: 0))
        }
        live = try sample.engine()
        if hasSnapshot { _ = try await live.refresh() }
        var configuration = ServiceConfiguration()
        configuration.logLevel = .critical
        configuration.rateLimit = 0
        // Beside the tests.
        let program = Bundle.main.bundleURL.appendingPathComponent("kindred").path
        configuration.queryCommand = [program, "answer-query"]
        configuration.temporaryFolder = sample.scratch.url
        configuration.sources = [StillSource()]
        // Nobody listens at this port, and nothing runs.
        configuration.sinks = [
            try ElasticsearchSink(
                ElasticsearchConfiguration(url: "http://127.0.0.1:9"), store: live.store,
                logger: Logger(label: "test", factory: JSONLog.init)
            ) { nil }
        ]
        Self.sinks.withLock { [sinks = configuration.sinks] in $0 += sinks }
        configure(&configuration)
        Self.sinks.withLock { [sinks = configuration.sinks] in $0 += sinks }
        let router = try KindredServer(live, configuration).router()
        paths = Set(
            router.routes.map { "\($0.path)".replacing(/[:{](\w+)}?/) { "{\($0.output.1)}" } })
        var logger = Logger(label: "test", factory: JSONLog.init)
        logger.logLevel = .critical
        // Hummingbird's testing client gives each request an id; `open` has this one.
        logger[metadataKey: "hb.request.id"] = "test"
        application = Application(router: router, logger: logger)
        self.sample = sample
    }

    private static func key(_ role: Role) -> String { "key-of-\(role)" }

    // MARK: Requests

    /// - Parameter role: whose key comes with it; nil for none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as role: Role? = .read,
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let headers = Self.headers(role, hasBody: body != nil).merging(headers)
        return try await application.test(.router) { client in
            try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await send(.get, path, headers: headers)
    }

    /// An answer whose body is not read yet, for what never ends.
    func open(_ path: String, authority: String = "localhost") async throws -> Response {
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: authority, path: path,
            headerFields: Self.headers(.read, hasBody: false))
        let context = ServiceContext(
            source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: application.logger))
        return try await application.responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
    }

    private static func headers(_ role: Role?, hasBody: Bool) -> HTTPFields {
        var headers = HTTPFields()
        headers[.authorization] = role.map { "Bearer \(key($0))" }
        if hasBody { headers[.contentType] = "application/json" }
        return headers
    }
}

/// A source that brings nothing, and remembers whether it is paused.
final class StillSource: StreamSource {
    let name = "still"
    private let isPaused = Mutex(false)

    var status: StreamStatus {
        var status = StreamStatus()
        status.state = isPaused.withLock { $0 } ? .paused : .running
        status.positions = ["still/0": 12]
        return status
    }

    func pause() { isPaused.withLock { $0 = true } }
    func resume() { isPaused.withLock { $0 = false } }
    func run() async throws {}
}

extension HTTPFields {
    fileprivate func merging(_ others: HTTPFields) -> HTTPFields {
        var all = self
        for field in others { all[field.name] = field.value }
        return all
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
    }

    /// The objects of a list.
    func list(_ name: String = "items") throws -> [[String: Any]] {
        try #require(try json()[name] as? [[String: Any]])
    }
}

extension [[String: Any]] {
    /// The values of a field in all that have it.
    func values<Value>(_ field: String, _ type: Value.Type = Value.self) -> [Value] {
        compactMap { $0[field] as? Value }
    }
}

// MARK: One for a whole suite

/// Makes the shared service before the first test of a suite, and removes it behind the last.
struct SharedService: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestService.$shared.withValue(try await TestService()) { try await function() }
    }
}

extension Trait where Self == SharedService {
    static var sharedService: Self { Self() }
}

@Suite(.sharedService)
struct RouteTests {}
