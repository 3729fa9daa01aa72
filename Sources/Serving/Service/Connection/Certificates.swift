import NIOCore
import NIOSSL
import Synchronization

/// The certificate chain and private key of TLS. Another pair can take their place while connections go on.
final class Certificates: Sendable {
    private let files: ServiceConfiguration.TLSFiles
    private let pair: Mutex<Pair>

    private struct Pair {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource

        var configuration: TLSConfiguration {
            var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return configuration
        }
    }

    /// - Throws: `ServiceError` where the files hold no certificate and key that belong together.
    init(_ files: ServiceConfiguration.TLSFiles) throws {
        self.files = files
        pair = Mutex(try Self.read(files))
    }

    /// TLS 1.2 or 1.3; every handshake takes the pair of that moment.
    var configuration: TLSConfiguration {
        var configuration = pair.withLock { $0.configuration }
        configuration.sslContextCallback = { [self] _, promise in
            var override = NIOSSLContextConfigurationOverride()
            (override.certificateChain, override.privateKey) = pair.withLock { ($0.chain, $0.key) }
            promise.succeed(override)
        }
        return configuration
    }

    /// - Throws: `ServiceError` where the files cannot be used; the pair before stays.
    func reload() throws {
        let new = try Self.read(files)
        pair.withLock { $0 = new }
    }

    private static func read(_ files: ServiceConfiguration.TLSFiles) throws -> Pair {
        func reading<Value>(_ path: String, _ body: () throws -> Value) throws(ServiceError) -> Value {
            do { return try body() } catch { throw .certificate(path: path, reason: "\(error)") }
        }
        let chain = try reading(files.certificate) { try NIOSSLCertificate.fromPEMFile(files.certificate) }
        let key = try reading(files.key) { try NIOSSLPrivateKey(file: files.key, format: .pem) }
        let pair = Pair(chain: chain.map { .certificate($0) }, key: .privateKey(key))
        // Finds out whether the two belong together.
        _ = try reading(files.key) { try NIOSSLContext(configuration: pair.configuration) }
        return pair
    }
}
