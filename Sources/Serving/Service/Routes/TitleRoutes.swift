import Engine
import HTTPTypes
import Hummingbird
import Live
import Neighbors
import Ratings
import Store

/// A film in, recommendations out: what those who love it love too.
struct TitleRoutes {
    let store: Store
    let versioned: Versioned
    let metrics: ServiceMetrics

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("recommendations", use: recommendations)
    }

    private struct Favorites: Encodable {
        struct Place: Encodable {
            let rank: Int
            let score: Double
            let reason: String
        }

        let movie: MovieMessage
        let matches: [MovieMessage]
        let fans: Int
        let items: [Joined<MovieMessage, Place>]
    }

    @Sendable private func recommendations(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "title", "item_id", "count")
        let given = try query.text("item_id", or: "title")
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        metrics.countRecommendations("fans")
        return try await versioned.respond(to: request) { snapshot in
            let matches =
                given.name == "item_id"
                ? [snapshot.ratings.items.index(of: given.value)].compactMap { $0 }
                : try store.search(given.value, limit: 5).compactMap(snapshot.ratings.items.index)
            guard let item = matches.first else {
                throw Problem.notFound("no film is found by \(given.name) \"\(given.value)\"")
            }
            let fans = snapshot.fans.fans(of: item).count
            let name = snapshot.dataset.title(of: item)
            let places = snapshot.fans.favorites(of: item, count: count).enumerated().map { place, favorite in
                let percent = Int((100 * favorite.share).rounded())
                return Joined(
                    MovieMessage(favorite.item, in: snapshot),
                    Favorites.Place(
                        rank: place + 1, score: favorite.score,
                        reason: "\(favorite.fans) of \(fans) who love \(name) love it; of all, \(percent) % do"))
            }
            return try Answer.json(
                Favorites(
                    movie: MovieMessage(item, in: snapshot),
                    matches: matches.map { MovieMessage($0, in: snapshot) }, fans: fans, items: places))
        }
    }
}
