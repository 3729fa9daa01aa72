import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Live
import Neighbors
import Privacy
import Ratings
import Store

/// What a person would like: a user, or somebody with a few ratings.
struct RecommendationRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let metrics: ServiceMetrics
    let body: JSONBody
    let work: HeavyWork

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("users/:id/recommendations", use: forUser)
        router.post("recommendations", use: forGuest)
    }

    // MARK: A user

    @Sendable private func forUser(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "model", "count", "explain", "show_users")
        let choice = try query.choice("model", of: choices.map(\.rawValue), default: defaultChoice.rawValue)
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        let reasons = try reasons(try query.flag("explain"), try query.flag("show_users"), context)
        let id = try context.id("id")
        try live.requireConsent(of: id)
        let kinds = RecommendationChoice(rawValue: choice)?.kinds ?? []
        kinds.forEach { metrics.countRecommendations($0.rawValue) }
        let view = kinds.contains(.als) ? live.newestGraph : nil
        // The change is read before the ratings: should they change again between, the answer is only kept for too short.
        return try await versioned.respond(to: request, context, change: live.change(of: id), view: view) { snapshot in
            let lists = try kinds.map { kind in
                if let view, let recommender = view.recommender(kind) {
                    guard let person = try live.person(id, in: view) else { throw Problem.unknownUser(id) }
                    let list = try recommender.recommend(to: person, count: count, reasons: reasons)
                    return ListMessage(kind, list) { MovieMessage($0, in: view, snapshot, context) }
                }
                guard let person = try live.person(id, in: snapshot) else { throw Problem.unknownUser(id) }
                return try list(kind, person, count, reasons, snapshot, context)
            }
            return try Answer.json(ListsMessage(userId: id, lists: lists))
        }
    }

    /// Who the other people are is for administrators.
    private func reasons(
        _ isExplained: Bool, _ namesUsers: Bool, _ context: ServiceContext
    ) throws(Problem) -> Reasons {
        guard namesUsers else {
            let size = context.isAdministrator ? 1 : live.configuration.smallestGroup.size
            return isExplained ? .groups(of: size) : .none
        }
        guard let caller = context.caller, caller.role == .admin else {
            throw Problem(.forbidden, "show_users needs the role admin")
        }
        return .namingUsers
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
        let showsUsers: Bool

        private enum CodingKeys: String, CodingKey, CaseIterable { case ratings, model, count, explain, show_users }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            ratings = try fields.decode([Rating].self, forKey: .ratings)
            model = try fields.decodeIfPresent(String.self, forKey: .model)
            count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? 10
            isExplained = try fields.decodeIfPresent(Bool.self, forKey: .explain) ?? false
            showsUsers = try fields.decodeIfPresent(Bool.self, forKey: .show_users) ?? false
        }
    }

    @Sendable private func forGuest(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let guest = try await body.read(Guest.self, of: request).value
        let snapshot = try versioned.snapshot()
        let model = guest.model ?? defaultChoice.rawValue
        guard let choice = choices.first(where: { $0.rawValue == model }) else {
            let names = choices.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .unprocessableContent, "there is no such model here; there is \(names)",
                errors: [.init(pointer: "/model", detail: "no model of this service")])
        }
        let reasons = try reasons(guest.isExplained, guest.showsUsers, context)
        guard 1...Page.largest ~= guest.count else {
            throw Problem(
                .unprocessableContent, "count is \(guest.count); it has to be from 1 to \(Page.largest)",
                errors: [.init(pointer: "/count", detail: "out of range")])
        }
        choice.kinds.forEach { metrics.countRecommendations($0.rawValue) }
        return try await work.run {
            let person = Person(guest: try ratings(guest.ratings, in: snapshot))
            let lists = try choice.kinds.map { try list($0, person, guest.count, reasons, snapshot, context) }
            return try Answer.json(ListsMessage(userId: nil, lists: lists))
        }
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

    private func list(
        _ kind: ModelKind, _ person: Person, _ count: Int, _ reasons: Reasons, _ snapshot: LiveSnapshot,
        _ context: ServiceContext
    ) throws -> ListMessage {
        let list = try snapshot.recommender(kind)?.recommend(to: person, count: count, reasons: reasons)
        return ListMessage(kind, list ?? []) { MovieMessage($0, in: snapshot, context) }
    }

    /// The models that the snapshot has, or the service is to have, with `both` where als and knn are there.
    private var choices: [RecommendationChoice] { RecommendationChoice.among(kinds) }

    private var defaultChoice: RecommendationChoice { RecommendationChoice.best(among: kinds) ?? .popularity }

    private var kinds: [ModelKind] {
        let kinds = live.configuration.kinds
        return live.snapshot.map { snapshot in kinds.filter { snapshot.models[$0] != nil } } ?? kinds
    }
}
