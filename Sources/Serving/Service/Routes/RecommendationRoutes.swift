import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Live
import Neighbors
import Ratings
import Store

/// What a person would like: a user, or somebody with a few ratings.
struct RecommendationRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let metrics: ServiceMetrics
    let body: JSONBody

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("users/:id/recommendations", use: forUser)
        router.post("recommendations", use: forGuest)
    }

    // MARK: A user

    @Sendable private func forUser(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "model", "count", "explain")
        let kinds = kinds(try query.choice("model", of: choices, default: choices[0]))
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        let isExplained = try query.flag("explain")
        let id = try context.id("id")
        kinds.forEach { metrics.countRecommendations($0.rawValue) }
        // The change is read before the ratings: should they change again between, the answer is only kept for too short.
        return try await versioned.respond(to: request, change: live.change(of: id)) { snapshot in
            guard let person = try live.person(id, in: snapshot) else { throw Problem.unknownUser(id) }
            return try Answer.json(
                ListsMessage(userId: id, lists: lists(kinds, person, count, isExplained, snapshot)))
        }
    }

    // MARK: Somebody who is not in the store

    private struct Guest: Decodable {
        struct Rating: Decodable {
            let item: String
            let rating: Float

            private enum CodingKeys: String, CodingKey, CaseIterable { case item_id, rating }

            init(from decoder: any Decoder) throws {
                let fields = try decoder.fields(CodingKeys.self)
                item = try fields.decode(String.self, forKey: .item_id)
                rating = Float(try fields.decode(Double.self, forKey: .rating))
            }
        }

        let ratings: [Rating]
        let model: String?
        let count: Int
        let isExplained: Bool

        private enum CodingKeys: String, CodingKey, CaseIterable { case ratings, model, count, explain }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            ratings = try fields.decode([Rating].self, forKey: .ratings)
            model = try fields.decodeIfPresent(String.self, forKey: .model)
            count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? 10
            isExplained = try fields.decodeIfPresent(Bool.self, forKey: .explain) ?? false
        }
    }

    @Sendable private func forGuest(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let guest = try await body.read(Guest.self, of: request).value
        let snapshot = try versioned.snapshot()
        let model = guest.model ?? choices[0]
        guard choices.contains(model) else {
            throw Problem(
                .unprocessableContent, "there is no such model here; there is \(choices.joined(separator: ", "))",
                errors: [.init(pointer: "/model", detail: "no model of this service")])
        }
        guard 1...Page.largest ~= guest.count else {
            throw Problem(
                .unprocessableContent, "count is \(guest.count); it has to be from 1 to \(Page.largest)",
                errors: [.init(pointer: "/count", detail: "out of range")])
        }
        let kinds = kinds(model)
        kinds.forEach { metrics.countRecommendations($0.rawValue) }
        let person = Person(user: nil, ratings: try ratings(guest.ratings, in: snapshot))
        return try Answer.json(
            ListsMessage(userId: nil, lists: lists(kinds, person, guest.count, guest.isExplained, snapshot)))
    }

    private func ratings(_ given: [Guest.Rating], in snapshot: LiveSnapshot) throws -> UserRatings {
        var errors: [Problem.Field] = []
        var known: [Int: Float] = [:]
        let scale = try live.store.scale()
        for (place, rating) in given.enumerated() where errors.count < Problem.mostFields {
            guard let item = snapshot.ratings.items.index(of: rating.item) else {
                errors.append(.init(pointer: "/ratings/\(place)/item_id", detail: "there is no such film"))
                continue
            }
            if scale?.contains(rating.rating) != true {
                errors.append(.init(pointer: "/ratings/\(place)/rating", detail: RatingRoutes.offScale(scale)))
            }
            if known.updateValue(rating.rating, forKey: item) != nil {
                errors.append(.init(pointer: "/ratings/\(place)/item_id", detail: "the film is rated twice"))
            }
        }
        guard errors.isEmpty else {
            throw Problem(.unprocessableContent, "some ratings cannot be used", errors: errors)
        }
        return UserRatings(known.map { (item: $0.key, rating: $0.value) })
    }

    private func lists(
        _ kinds: [ModelKind], _ person: Person, _ count: Int, _ isExplained: Bool, _ snapshot: LiveSnapshot
    ) throws -> [ListMessage] {
        try kinds.map { kind in
            let list = try snapshot.recommendations(kind, for: person, count: count, isExplained: isExplained)
            return ListMessage(kind.rawValue, list, in: snapshot)
        }
    }

    /// The models that are served, and `both` where als and knn are.
    private var choices: [String] {
        let kinds = live.configuration.kinds
        return kinds.map(\.rawValue) + (kinds.contains(.als) && kinds.contains(.knn) ? ["both"] : [])
    }

    private func kinds(_ choice: String) -> [ModelKind] {
        choice == "both" ? [.als, .knn] : ModelKind(rawValue: choice).map { [$0] } ?? []
    }
}
