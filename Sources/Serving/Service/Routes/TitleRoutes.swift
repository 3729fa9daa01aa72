import Engine
import HTTPTypes
import Hummingbird
import Live
import Neighbors
import Privacy
import Ratings
import Store

/// A film in, recommendations out: what those who love it love too.
struct TitleRoutes {
    let store: Store
    let versioned: Versioned
    let metrics: ServiceMetrics
    /// What others than administrators see no figures of fewer people than.
    let group: SmallestGroup

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("recommendations", use: recommendations)
    }

    private struct Favorites: Encodable {
        struct Place: Encodable {
            let rank: Int
            /// nil where it would tell of too few people, for whoever asks.
            @Nullable var score: Double?
            let reason: String
        }

        let movie: MovieMessage
        let matches: [MovieMessage]
        /// nil where the distribution of its ratings is not told, for whoever asks.
        @Nullable var fans: Int?
        let items: [Joined<MovieMessage, Place>]
    }

    @Sendable private func recommendations(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "title", "item_id", "count")
        let given = try query.text("item_id", or: "title")
        let count = try query.integer("count", in: 1...Page.largest, default: 10)
        metrics.countRecommendations("fans")
        return try await versioned.respond(to: request, context) { snapshot in
            let matches =
                given.name == "item_id"
                ? [snapshot.ratings.items.index(of: given.value)].compactMap { $0 }
                : try store.search(given.value, limit: 5).compactMap(snapshot.ratings.items.index)
            guard let item = matches.first else {
                throw Problem.notFound("no film is found by \(given.name) \"\(given.value)\"")
            }
            let fans = snapshot.fans.fans(of: item).count
            let name = snapshot.dataset.title(of: item)
            let tellsFans = context.isAdministrator || snapshot.told.distributions[item]
            let favorites = snapshot.fans.favorites(of: item, count: count).filter {
                context.isAdministrator || group.allows($0.fans)
            }
            let places = favorites.enumerated().map { place, favorite in
                let isTold = context.isAdministrator || (tellsFans && tells(favorite, of: fans, in: snapshot))
                return Joined(
                    MovieMessage(favorite.item, in: snapshot, context),
                    Favorites.Place(
                        rank: place + 1, score: isTold ? favorite.score : nil,
                        reason: isTold
                            ? "\(favorite.fans) of \(fans) who love \(name) love it; of all, "
                                + "\(Int((100 * favorite.share).rounded())) % do"
                            : "more of those who love \(name) love it than of all"))
            }
            return try Answer.json(
                Favorites(
                    movie: MovieMessage(item, in: snapshot, context),
                    matches: matches.map { MovieMessage($0, in: snapshot, context) }, fans: tellsFans ? fans : nil,
                    items: places))
        }
    }

    /// Whether those who love both films, those who love one of them alone and those who love the other may all be told of.
    private func tells(_ favorite: FanFavorite, of fans: Int, in snapshot: LiveSnapshot) -> Bool {
        snapshot.told.distributions[favorite.item] && group.allows(favorite.fans, of: fans)
            && group.allows(favorite.fans, of: snapshot.fans.count(of: favorite.item))
    }
}
