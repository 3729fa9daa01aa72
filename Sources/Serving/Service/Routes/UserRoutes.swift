import Engine
import Graphs
import HTTPTypes
import Hummingbird
import Live
import Neighbors
import Ratings
import Store

/// Users and their neighbors.
struct UserRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let work: HeavyWork

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("users/:id", use: user)
        router.get("users/:id/neighbors", use: neighbors)
    }

    private struct User: Encodable {
        let id: String
        let ratings: Int
        @Nullable var meanRating: Double?
        @Nullable var community: Int32?
        let neighbors: Int
        let attributes: [String: String]
        let newest: [RatingMessage]
    }

    /// From the store, where what has come in a moment ago stands already.
    @Sendable private func user(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let snapshot = try versioned.snapshot()
        let id = try context.id("id")
        return try await work.run { try answer(id, snapshot) }
    }

    private func answer(_ id: String, _ snapshot: LiveSnapshot) throws -> Answer {
        guard let ratings = try live.store.ratings(ofUser: id) else { throw Problem.unknownUser(id) }
        let graph = live.newestGraph?.graph ?? snapshot.graph
        let index = live.isWithheld(id, from: .personalization) ? nil : graph.ratings.users.index(of: id)
        let newest = ratings.sorted { ($0.event.time ?? .min, $0.event.item) > ($1.event.time ?? .min, $1.event.item) }
        let sum = ratings.reduce(0) { $0 + Double($1.event.value) }
        let named = graph.dataset.users.attributes.compactMap { attribute in
            index.flatMap { attribute.values[$0] }.map { (attribute.name, $0) }
        }
        return try Answer.json(
            User(
                id: id, ratings: ratings.count, meanRating: ratings.isEmpty ? nil : sum / Double(ratings.count),
                community: index.map(graph.community),
                neighbors: index.map { graph.similarity.graph.degree(of: $0) } ?? 0,
                attributes: Dictionary(named) { first, _ in first },
                newest: newest.prefix(10).map {
                    // Those of the user whom the path names.
                    RatingMessage($0.event, title: $0.title, for: .administrators)
                }))
    }

    private struct Neighbors: Encodable {
        struct Neighbor: Encodable {
            let rank: Int
            @Nullable var userId: String?
            let similarity: Float
            let support: Int32
            @Nullable var community: Int32?
        }

        let userId: String
        let items: [Neighbor]
    }

    private func near(_ id: String, _ count: Int, _ audience: Audience, _ graph: LiveGraph) throws -> Answer {
        guard let nearest = graph.neighbors(of: id, count: count) else {
            guard try live.store.ratings(ofUser: id) != nil else { throw Problem.unknownUser(id) }
            return try Answer.json(Neighbors(userId: id, items: []))
        }
        let items = nearest.enumerated().map { place, near in
            Neighbors.Neighbor(
                rank: place + 1, userId: audience.id(near.id), similarity: near.similarity, support: near.support,
                community: near.community)
        }
        return try Answer.json(Neighbors(userId: id, items: items))
    }

    @Sendable private func neighbors(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let count = try Query(request, "count").integer("count", in: 1...Page.largest, default: 10)
        let (id, audience) = (try context.id("id"), context.audience)
        try live.requireConsent(of: id)
        // As it stands, without waiting for communities to be sought.
        if let graph = live.liveGraph {
            return try await versioned.respond(to: request, context, graph: graph) {
                try near(id, count, audience, graph)
            }
        }
        return try await versioned.respond(to: request, context) { (snapshot: LiveSnapshot) in
            guard let user = snapshot.ratings.users.index(of: id) else {
                guard try live.store.ratings(ofUser: id) != nil else { throw Problem.unknownUser(id) }
                return try Answer.json(Neighbors(userId: id, items: []))
            }
            let nearest = snapshot.graph.neighbors.neighbors(of: user).prefix(count)
            let places = nearest.enumerated().map { place, near in
                Neighbors.Neighbor(
                    rank: place + 1, userId: audience.id(snapshot.ratings.users[Int(near.user)]),
                    similarity: near.similarity, support: near.support,
                    community: snapshot.graph.community(of: Int(near.user)))
            }
            return try Answer.json(Neighbors(userId: id, items: places))
        }
    }
}

extension Problem {
    static func unknownUser(_ id: String) -> Problem {
        .notFound("there is no user with the id \"\(id.prefix(80))\"")
    }
}
