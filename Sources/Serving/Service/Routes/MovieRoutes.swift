import Engine
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Privacy
import Ratings
import Sinks
import Store

/// Films: pages of them, search, what is similar, and who loves them.
struct MovieRoutes {
    let versioned: Versioned
    let store: Store
    /// What others than administrators see no figures of fewer people than.
    let group: SmallestGroup
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
        return try await versioned.respond(to: request, context) { snapshot in
            let total = snapshot.ratings.items.count
            let movies = page.slice(0..<total).map { MovieMessage($0, in: snapshot, context) }
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
            return try await searchIndex(text, count, context).response()
        }
        return try await versioned.respond(to: request, context) { snapshot in
            let found = try store.search(text, limit: count).compactMap(snapshot.ratings.items.index)
            return try Answer.json(Found(query: text, items: found.map { MovieMessage($0, in: snapshot, context) }))
        }
    }

    /// As the index has it, which may be a little behind, and not to be kept by the caller.
    private func searchIndex(_ text: String, _ count: Int, _ context: ServiceContext) async throws -> Answer {
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
        let items = found.compactMap(snapshot.ratings.items.index).map { MovieMessage($0, in: snapshot, context) }
        return try Answer.json(Found(query: text, items: items))
    }

    private struct Distribution: Encodable {
        struct Bar: Encodable {
            let rating: Float
            let count: Int
        }

        /// nil where too few people gave one of the values, for whoever asks.
        @Nullable var distribution: [Bar]?
    }

    @Sendable private func movie(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        return try await versioned.respond(to: request, context) { snapshot in
            let item = try context.item(in: snapshot)
            let byItem = snapshot.similarItems.byItem
            guard context.isAdministrator || snapshot.told.distributions[item] else {
                return try Answer.json(
                    Joined(MovieMessage(item, in: snapshot, context), Distribution(distribution: nil)))
            }
            let counts = byItem.values[byItem.entries(ofRow: item)].reduce(into: [:]) { $0[$1, default: 0] += 1 }
            let bars = counts.sorted { $0.key < $1.key }.map { Distribution.Bar(rating: $0.key, count: $0.value) }
            return try Answer.json(Joined(MovieMessage(item, in: snapshot, context), Distribution(distribution: bars)))
        }
    }

    private struct Similar: Encodable {
        struct Place: Encodable {
            let rank: Int
            let similarity: Float
            /// nil where too few of either film have not rated the other, for whoever asks.
            @Nullable var support: Int32?
        }

        let movie: MovieMessage
        let items: [Joined<MovieMessage, Place>]
    }

    @Sendable private func similar(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let count = try Query(request, "count").integer("count", in: 1...Page.largest, default: 10)
        return try await versioned.respond(to: request, context) { snapshot in
            let item = try context.item(in: snapshot)
            let found = snapshot.similarItems.nearest(to: item, count: count)
            let told = found.filter { context.isAdministrator || group.allows(Int($0.support)) }
            let places = told.enumerated().map { place, near in
                let isTold = context.isAdministrator || tellsSupport(near, of: item, in: snapshot)
                return Joined(
                    MovieMessage(Int(near.item), in: snapshot, context),
                    Similar.Place(
                        rank: place + 1, similarity: near.similarity, support: isTold ? near.support : nil))
            }
            return try Answer.json(Similar(movie: MovieMessage(item, in: snapshot, context), items: places))
        }
    }

    /// Whether neither those who rated both films nor those who rated one of them alone are too few.
    private func tellsSupport(_ near: SimilarItem, of item: Int, in snapshot: LiveSnapshot) -> Bool {
        [item, Int(near.item)].allSatisfy { one in
            snapshot.told.figures[one] && group.allows(Int(near.support), of: snapshot.ratingCount(ofItem: one))
        }
    }

    private struct Fan: Encodable {
        @Nullable var userId: String?
        let rating: Float
        let community: Int32
    }

    /// Which communities' fans of an item may be told of: not where those who rated it are not, nor where fans or other members
    /// are too few.
    private func toldFans(
        _ fans: [Int], of item: Int, in snapshot: LiveSnapshot, _ context: ServiceContext
    ) -> [Bool] {
        guard !context.isAdministrator else { return fans.map { _ in true } }
        guard snapshot.told.distributions[item] else { return fans.map { _ in false } }
        let partition = snapshot.graph.partition
        let communities = partition.toldCommunities(hiding: group)
        func mayTell(_ label: Int) -> Bool {
            communities[label] && fans[label] > 0 && group.allows(fans[label], of: partition.sizes[label])
        }
        let shown = fans.indices.filter(mayTell)
        let rest = fans.indices.reduce(0) { mayTell($1) ? $0 : $0 + fans[$1] }
        let told = Set(
            zip(shown, Suppression(group).told(people: shown.map { fans[$0] }, rest: rest)).filter(\.1).map(\.0))
        return fans.indices.map(told.contains)
    }

    private struct Communities: Encodable {
        struct Share: Encodable {
            let community: Int
            let fans: Int
            let size: Int
            let share: Double
        }

        let movie: MovieMessage
        /// nil where the distribution of its ratings is not told, for whoever asks.
        @Nullable var fans: Int?
        let communities: [Share]
    }

    @Sendable private func fans(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        let audience = context.audience
        return try await versioned.respond(to: request, context) { snapshot in
            let item = try context.item(in: snapshot)
            let fans = snapshot.fans.fans(of: item).filter {
                !versioned.live.holdsErased || !versioned.live.isErased(snapshot.ratings.users[$0.user])
            }
            let partition = snapshot.graph.partition
            var counts = [Int](repeating: 0, count: partition.communityCount)
            for fan in fans { counts[Int(partition.labels[fan.user])] += 1 }
            let told = toldFans(counts, of: item, in: snapshot, context)
            let shares = counts.indices.filter { counts[$0] > 0 && told[$0] }.map { label in
                let size = partition.sizes[label]
                return Communities.Share(
                    community: Int(snapshot.graph.communityNumbers.numbers[label]), fans: counts[label], size: size,
                    share: Double(counts[label]) / Double(size))
            }.sorted { ($1.fans, $0.community) < ($0.fans, $1.community) }
            // A row is about one person.
            let listed = context.isAdministrator ? fans : []
            let messages = page.slice(listed).map { fan in
                Fan(
                    userId: audience.id(snapshot.ratings.users[fan.user]), rating: fan.rating,
                    community: snapshot.graph.community(of: fan.user))
            }
            return try Answer.json(
                Joined(
                    PageMessage(messages, page, total: listed.count),
                    Communities(
                        movie: MovieMessage(item, in: snapshot, context),
                        fans: context.isAdministrator || snapshot.told.distributions[item] ? fans.count : nil,
                        communities: shares)),
                headers: [.link: page.link(request, total: listed.count)])
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
