import Engine
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Ratings
import Sinks
import Store

/// Films: pages of them, search, what is similar, and who loves them.
struct MovieRoutes {
    let versioned: Versioned
    let store: Store
    /// What searches for `engine=elasticsearch`; nil where the service has none.
    let index: ElasticsearchSink?

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("movies", use: page)
        router.get("movies/search", use: search)
        router.get("movies/:id", use: movie)
        router.get("movies/:id/similar", use: similar)
        router.get("movies/:id/fans", use: fans)
    }

    @Sendable private func page(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        return try await versioned.respond(to: request) { snapshot in
            let total = snapshot.ratings.items.count
            let movies = page.slice(0..<total).map { MovieMessage($0, in: snapshot) }
            return try Answer.json(
                PageMessage(movies, page, total: total), headers: [.link: page.link(request, total: total)])
        }
    }

    private struct Found: Encodable {
        let query: String
        let items: [MovieMessage]
    }

    @Sendable private func search(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "q", "count", "engine")
        let text = try query.text("q")
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        if try query.choice("engine", of: ["embedded", "elasticsearch"], default: "embedded") == "elasticsearch" {
            return try await searchIndex(text, count).response()
        }
        return try await versioned.respond(to: request) { snapshot in
            let found = try store.search(text, limit: count).compactMap(snapshot.ratings.items.index)
            return try Answer.json(Found(query: text, items: found.map { MovieMessage($0, in: snapshot) }))
        }
    }

    /// As the index has it, which may be a little behind, and not to be kept by the caller.
    private func searchIndex(_ text: String, _ count: Int) async throws -> Answer {
        guard let index else {
            throw Problem.badRequest(
                "the service keeps no Elasticsearch in step that it could ask; leave engine=elasticsearch out")
        }
        let snapshot = try versioned.snapshot()
        let found: [String]
        do { found = try await index.search(text, limit: count) } catch let error as ElasticsearchError {
            throw Problem(.serviceUnavailable, "Elasticsearch does not find anything now: \(error)")
                .with(.retryAfter, "5")
        }
        let items = found.compactMap(snapshot.ratings.items.index).map { MovieMessage($0, in: snapshot) }
        return try Answer.json(Found(query: text, items: items))
    }

    private struct Distribution: Encodable {
        struct Bar: Encodable {
            let rating: Float
            let count: Int
        }

        let distribution: [Bar]
    }

    @Sendable private func movie(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        return try await versioned.respond(to: request) { snapshot in
            let item = try context.item(in: snapshot)
            let byItem = snapshot.similarItems.byItem
            let counts = byItem.values[byItem.entries(ofRow: item)].reduce(into: [:]) { $0[$1, default: 0] += 1 }
            let bars = counts.sorted { $0.key < $1.key }.map { Distribution.Bar(rating: $0.key, count: $0.value) }
            return try Answer.json(Joined(MovieMessage(item, in: snapshot), Distribution(distribution: bars)))
        }
    }

    private struct Similar: Encodable {
        struct Place: Encodable {
            let rank: Int
            let similarity: Float
            let support: Int32
        }

        let movie: MovieMessage
        let items: [Joined<MovieMessage, Place>]
    }

    @Sendable private func similar(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let count = try Query(request, "count").integer("count", in: 1...Page.largest, default: 10)
        return try await versioned.respond(to: request) { snapshot in
            let item = try context.item(in: snapshot)
            let places = snapshot.similarItems.nearest(to: item, count: count).enumerated().map { place, near in
                Joined(
                    MovieMessage(Int(near.item), in: snapshot),
                    Similar.Place(rank: place + 1, similarity: near.similarity, support: near.support))
            }
            return try Answer.json(Similar(movie: MovieMessage(item, in: snapshot), items: places))
        }
    }

    private struct Fan: Encodable {
        let userId: String
        let rating: Float
        let community: Int32
    }

    private struct Communities: Encodable {
        struct Share: Encodable {
            let community: Int
            let fans: Int
            let size: Int
            let share: Double
        }

        let movie: MovieMessage
        let communities: [Share]
    }

    @Sendable private func fans(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        return try await versioned.respond(to: request) { snapshot in
            let item = try context.item(in: snapshot)
            let fans = snapshot.fans.fans(of: item).filter {
                !versioned.live.holdsErased || !versioned.live.isErased(snapshot.ratings.users[$0.user])
            }
            let partition = snapshot.graph.partition
            var counts = [Int](repeating: 0, count: partition.communityCount)
            for fan in fans { counts[Int(partition.labels[fan.user])] += 1 }
            let shares = counts.indices.filter { counts[$0] > 0 }.map { label in
                let size = partition.sizes[label]
                return Communities.Share(
                    community: Int(snapshot.graph.communityNumbers.numbers[label]), fans: counts[label], size: size,
                    share: Double(counts[label]) / Double(size))
            }.sorted { ($1.fans, $0.community) < ($0.fans, $1.community) }
            let messages = page.slice(fans).map { fan in
                Fan(
                    userId: snapshot.ratings.users[fan.user], rating: fan.rating,
                    community: snapshot.graph.community(of: fan.user))
            }
            return try Answer.json(
                Joined(
                    PageMessage(messages, page, total: fans.count),
                    Communities(movie: MovieMessage(item, in: snapshot), communities: shares)),
                headers: [.link: page.link(request, total: fans.count)])
        }
    }
}

extension ServiceContext {
    /// The item that the path names.
    func item(in snapshot: LiveSnapshot) throws(Problem) -> Int {
        let id = try id("id")
        guard let item = snapshot.ratings.items.index(of: id) else {
            throw .notFound("there is no film with the id \"\(id.prefix(80))\"")
        }
        return item
    }
}
