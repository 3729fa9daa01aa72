import HTTPTypes
import Hummingbird
import Ratings
import Synchronization

/// Holds each address, and behind the authorization each key, to a number of requests a second.
struct RateLimit: RouterMiddleware {
    typealias Context = ServiceContext

    private let buckets: TokenBuckets?

    /// - Parameter rate: requests a second, with twice as many at once; 0 for no limit.
    init(rate: Double) { buckets = rate > 0 ? TokenBuckets(rate: rate, capacity: 2 * rate) : nil }

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let name = ExactText(context.caller?.name ?? context.address)
        guard let wait = buckets?.take(name, now: .now) else { return try await next(request, context) }
        throw Problem(.tooManyRequests, "more requests than are allowed; wait and ask again")
            .with(.retryAfter, "\(Int(min(wait, 86_400).rounded(.up)))")
    }
}

/// A bucket of tokens for each name, which fills at a steady rate.
final class TokenBuckets: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    private let rate: Double
    private let capacity: Double
    private let state = Mutex<[ExactText: Bucket]>([:])
    /// Full buckets are forgotten when there are more.
    private static let remembered = 10_000

    /// - Parameter rate: tokens a second.
    init(rate: Double, capacity: Double) {
        self.rate = rate
        self.capacity = max(1, capacity)
    }

    /// Takes a token.
    ///
    /// - Returns: nil, or the seconds until there is one.
    func take(_ name: ExactText, now: ContinuousClock.Instant) -> Double? {
        state.withLock { buckets in
            if buckets.count > Self.remembered { buckets = buckets.filter { filled($0.value, now) < capacity } }
            var bucket = buckets[name] ?? Bucket(tokens: capacity, filled: now)
            bucket.tokens = filled(bucket, now)
            bucket.filled = now
            defer { buckets[name] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / rate }
            bucket.tokens -= 1
            return nil
        }
    }

    private func filled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        min(capacity, bucket.tokens + bucket.filled.duration(to: now) / .seconds(1) * rate)
    }
}
