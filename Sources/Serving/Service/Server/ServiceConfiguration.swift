public import Foundation
public import Governance
public import Logging
public import Sinks
public import Streams

/// How the service listens and what it allows.
public struct ServiceConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 for one that is free.
    public var port = 8080
    /// Certificate chain and private key, as PEM files; nil for no TLS.
    public var tls: TLSFiles?
    /// Where pages of other origins may call from; none by default.
    public var allowedOrigins: [String] = []
    /// Requests per second per key and client address, with bursts of twice as many; 0 for no limit.
    public var rateLimit = 500.0
    /// The largest body of a request, in bytes.
    public var bodyLimit = 1 << 20
    /// Seconds after which a connection without traffic is closed, and within which a body has to arrive.
    public var idleTimeout = 30.0
    /// Seconds between refreshes; nil for none but those that are asked for.
    public var refreshInterval: Double?
    /// Seconds after which a view or an administrator's SQL is ended, at most.
    public var queryTimeLimit = 30.0
    /// The command that calls `QueryWorker.answer` for a statement of an administrator: a program and its first arguments, which
    /// the number of rows, seconds and the store follow.
    public var queryCommand: [String] = []
    /// Where files for downloads are kept while the service runs.
    public var temporaryFolder = FileManager.default.temporaryDirectory
    public var logLevel = Logger.Level.info
    /// What ratings come from beside requests; each runs as long as the service.
    public var sources: [any StreamSource] = []
    /// What is kept in step with the store; each runs as long as the service.
    public var sinks: [ElasticsearchSink] = []
    /// What users are erased from beside the sinks, such as topics.
    public var copies: [any ErasableCopy] = []
    /// All that users are erased from over a network.
    var erasableCopies: [any ErasableCopy] { sinks.map { $0.erasure as any ErasableCopy } + copies }
    /// Where metrics are also written; nil for nowhere.
    public var metricsFolder: MetricsFolderSettings?
    /// What goes after how many days.
    public var sweep = Sweep()

    public struct TLSFiles: Sendable {
        public let certificate: String
        public let key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public init() {}

    /// Whether only this machine can reach it.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

/// Why the service does not start.
public enum ServiceError: Error, CustomStringConvertible {
    /// It would be open to everybody.
    case unprotected(host: String)
    case certificate(path: String, reason: String)
    case resources(folder: String)
    case address(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .unprotected(let host):
            "the store has no API keys, and \(host) can be reached from other machines. "
                + "Make a key, or listen on 127.0.0.1."
        case .certificate(let path, let reason): "\(path): the certificate or key cannot be used (\(reason))"
        case .resources(let folder):
            "\(folder): the pages of the service are missing. The folder belongs beside the program; "
                + "run script/bootstrap and build again."
        case .address(let host, let port, let reason):
            "\(host):\(port) cannot be listened on (\(reason)). Choose another port, or stop what is there."
        }
    }
}
