import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks an API for pages: with timeouts, a limit to their size, and patience where it is busy.
public struct APIClient: Sendable {
    /// The most bytes of a page.
    public var sizeLimit = 16 << 20
    /// How often a page is asked for where the server is busy, fails or cannot be reached.
    public var attempts = 8
    /// The wait after the first attempt, which doubles with each; the server's `Retry-After` counts more.
    public var firstWait = Duration.milliseconds(500)
    /// No wait is longer.
    public var longestWait = Duration.seconds(120)

    public init() {}

    /// Runs a body that fetches pages.
    public func use<Value>(
        _ body: (@escaping @Sendable (URL) async throws -> (body: Data, link: String?)) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(15), read: .seconds(60)))
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body { try await page($0, client) })
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    private func page(_ url: URL, _ client: HTTPClient) async throws -> (body: Data, link: String?) {
        var wait = firstWait
        var attempt = 1
        while true {
            let answer = try await ask(url, client)
            switch answer {
            case .page(let body, let link): return (body, link)
            case .busy(let problem, let asked):
                guard attempt < attempts else {
                    throw PublishingError.api(
                        url: url.absoluteString, problem: "\(problem), \(attempts) times", remedy: "Try again later.")
                }
                try await Task.sleep(for: min(asked ?? wait, longestWait))
                wait = wait * 2
                attempt += 1
            }
        }
    }

    private enum Answer {
        case page(Data, link: String?)
        /// - Parameter asked: how long the server wants to be left alone.
        case busy(String, asked: Duration?)
    }

    private func ask(_ url: URL, _ client: HTTPClient) async throws -> Answer {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "kindred")
        do {
            let response = try await client.execute(request, timeout: .seconds(60))
            switch response.status.code {
            case 200:
                let body = try await response.body.collect(upTo: sizeLimit)
                return .page(Data(buffer: body), link: response.headers[canonicalForm: "Link"].joined(separator: ", "))
            case 429, 500..<600:
                let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
                return .busy(
                    "the server answers \(response.status.code)",
                    asked: seconds.map { .seconds(max(0, min($0, 86_400))) })
            default:
                throw PublishingError.api(
                    url: url.absoluteString, problem: "the server answers \(response.status)",
                    remedy: "Check the address.")
            }
        } catch let error where error is PublishingError || error is CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw PublishingError.api(
                url: url.absoluteString, problem: "the page has more than \(sizeLimit >> 20) MiB",
                remedy: "Ask for smaller pages.")
        } catch {
            try Task.checkCancellation()
            return .busy("the server cannot be asked (\(error))", asked: nil)
        }
    }
}
