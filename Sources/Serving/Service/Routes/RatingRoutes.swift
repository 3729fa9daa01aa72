import FileOutput
import Foundation
import HTTPTypes
import Hummingbird
import Live
import Platform
import Privacy
import Ratings
import Store

/// Ratings as they come in.
struct RatingRoutes {
    let live: LiveEngine
    let body: JSONBody
    let work: HeavyWork
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// The most ratings of one request.
    private static let batchLimit = 10_000
    static let idLimit = 200
    /// Seconds: thirty days.
    private static let longestWindow = 2_592_000
    /// Seconds that the clock of a caller may be ahead.
    private static let clockSkew: Int64 = 60

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("ratings", use: newest)
        router.get("movies/top", use: top)
    }

    func addWriting(to router: RouterGroup<ServiceContext>) {
        router.post("ratings", use: store)
        router.delete("ratings/:user/:item", use: remove)
    }

    @Sendable private func newest(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let count = try Query(request, "count").integer("count", in: 1...Page.largest, default: 10)
        let audience = context.audience
        return try await work.run {
            let ratings = try live.store.newestRatings(limit: count)
            return try Answer.json(
                ItemsMessage(items: ratings.map { RatingMessage($0.event, title: $0.title, for: audience) }))
        }
    }

    private struct Top: Encodable {
        let rank: Int
        let id: String
        @Nullable var title: String?
        let ratings: Int
        let meanRating: Double
    }

    /// The films that were rated most of late, by when the ratings came in.
    @Sendable private func top(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let query = try Query(request, "seconds", "count", "format")
        let seconds = try query.integer("seconds", in: 1...Self.longestWindow, default: 3_600)
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        let isCSV = try query.wantsCSV()
        return try await work.run {
            let items = try topItems(Int64(seconds), count, context).enumerated().map {
                Top(rank: $0 + 1, id: $1.id, title: $1.title, ratings: $1.ratings, meanRating: $1.average)
            }
            guard isCSV else { return try Answer.json(ItemsMessage(items: items)) }
            return Answer.csv(
                DataTable(
                    columns: ["rank", "id", "title", "ratings", "mean_rating"],
                    rows: items.map { row in
                        [
                            .integer(Int64(row.rank)), .text(row.id), row.title.map(DataTable.Value.text) ?? .null,
                            .integer(Int64(row.ratings)), .real(row.meanRating),
                        ]
                    }))
        }
    }

    private func topItems(_ seconds: Int64, _ count: Int, _ context: ServiceContext) throws -> [TopItem] {
        guard !context.isAdministrator else { return try live.store.topItems(since: now() - seconds, limit: count) }
        return try live.store.topItems(
            now: now(), seconds: GroupedWindow.length(seconds), limit: count, hiding: live.configuration.smallestGroup)
    }

    // MARK: Storing

    private struct Given: Decodable {
        let user: String
        let item: String
        let rating: Float
        let timestamp: Int64?

        private enum CodingKeys: String, CodingKey, CaseIterable { case user_id, item_id, rating, timestamp }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            user = try fields.decode(String.self, forKey: .user_id)
            item = try fields.decode(String.self, forKey: .item_id)
            // Not as `Float`, for what that does not hold is a number still, and off the scale.
            rating = Float(try fields.decode(Double.self, forKey: .rating))
            timestamp = try fields.decodeIfPresent(Int64.self, forKey: .timestamp)
        }
    }

    /// One rating, or several under `ratings`.
    private struct Batch: Decodable {
        let ratings: [Given]
        let isSingle: Bool

        private enum CodingKeys: String, CodingKey, CaseIterable { case ratings }

        init(from decoder: any Decoder) throws {
            isSingle = try !decoder.container(keyedBy: CodingKeys.self).contains(.ratings)
            ratings =
                isSingle
                ? [try Given(from: decoder)]
                : try decoder.fields(CodingKeys.self).decode([Given].self, forKey: .ratings)
        }
    }

    private struct Stored: Encodable {
        let stored: Int
        /// How many of them count from now on: of several of one user and item the last.
        let counting: Int
        let repeated: Bool
    }

    @Sendable private func store(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let (batch, bytes) = try await body.read(Batch.self, of: request)
        let now = now()
        try await work.run { try check(batch, now: now) }
        let events = batch.ratings.map {
            RatingEvent(user: $0.user, item: $0.item, value: $0.rating, time: $0.timestamp ?? now)
        }
        let key = try idempotencyKey(request, context)
        let digest = key == nil ? Data() : Data(sha256(bytes))
        switch try await live.submit(RatingSubmission(.rate(events), key: key, digest: digest)) {
        case .done:
            let places = Set(events.map { [ExactText($0.user), ExactText($0.item)] })
            return try Answer.json(Stored(stored: events.count, counting: places.count, repeated: false))
        case .repeated: return try Answer.json(Stored(stored: 0, counting: 0, repeated: true))
        case .keyInUse:
            throw Problem(.conflict, "another request was made under this Idempotency-Key")
        case .unknownItems(let items):
            let unknown = Set(items.map(ExactText.init))
            let places = batch.ratings.indices.filter { unknown.contains(ExactText(batch.ratings[$0].item)) }
            let errors = places.prefix(Problem.mostFields).map {
                field($0, "item_id", "there is no such film", batch)
            }
            throw Problem(.unprocessableContent, "some films are not known; nothing was stored", errors: errors)
        case .erased:
            throw Problem(.conflict, "a user of this request was erased and is not taken in again; nothing was stored")
        case .noRating: throw Problem(.internalServerError, "a rating was not stored")
        }
    }

    private func check(_ batch: Batch, now: Int64) throws {
        guard 1...Self.batchLimit ~= batch.ratings.count else {
            throw Problem(.unprocessableContent, "a batch has 1 to \(Self.batchLimit) ratings")
        }
        let scale = try live.store.scale()
        let hasPseudonyms = try !live.store.pseudonymKeys().isEmpty
        var errors: [Problem.Field] = []
        for (place, rating) in batch.ratings.enumerated() where errors.count < Problem.mostFields {
            for (name, id) in [("user_id", rating.user), ("item_id", rating.item)] where !Self.isID(id) {
                errors.append(
                    field(place, name, "an id has 1 to \(Self.idLimit) characters, and none of control", batch))
            }
            if hasPseudonyms, !Pseudonymizer.isPseudonym(rating.user) {
                errors.append(field(place, "user_id", "the store has pseudonyms, and this is none", batch))
            }
            if scale?.contains(rating.rating) != true {
                errors.append(field(place, "rating", Self.offScale(scale), batch))
            }
            if let time = rating.timestamp, time < 0 || time > now + Self.clockSkew {
                errors.append(
                    field(
                        place, "timestamp",
                        "a time is in seconds since 1970, and at most \(Self.clockSkew) s in the future", batch))
            }
        }
        if !errors.isEmpty {
            throw Problem(.unprocessableContent, "some ratings are not right; nothing was stored", errors: errors)
        }
    }

    private func field(_ place: Int, _ name: String, _ detail: String, _ batch: Batch) -> Problem.Field {
        .init(pointer: batch.isSingle ? "/\(name)" : "/ratings/\(place)/\(name)", detail: detail)
    }

    static func isID(_ id: String) -> Bool {
        1...idLimit ~= id.unicodeScalars.count
            && !id.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    static func offScale(_ scale: ClosedRange<Float>?) -> String {
        guard let scale else { return "the store has no ratings yet, so no scale is known" }
        return "a rating is from \(scale.lowerBound) to \(scale.upperBound)"
    }

    /// What the caller calls the request; callers with different keys do not share names.
    private func idempotencyKey(_ request: Request, _ context: ServiceContext) throws(Problem) -> String? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard 1...Self.idLimit ~= key.unicodeScalars.count else {
            throw .badRequest("an Idempotency-Key has 1 to \(Self.idLimit) characters")
        }
        // All hashes have one length, so no two pairs of caller and name are the same text.
        return "\([UInt8](context.caller?.key ?? Data()).hexadecimal)/\(key)"
    }

    // MARK: Removing

    @Sendable private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        let (user, item) = (try context.id("user"), try context.id("item"))
        guard try await live.submit(RatingSubmission(.remove(user: user, item: item))) == .done else {
            throw Problem.notFound("this user has not rated this film")
        }
        return Response(status: .noContent)
    }
}
