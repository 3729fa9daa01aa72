import Engine
import Graphs
import Live
import Neighbors
import Privacy
import Ratings
import Store

/// A film with what the snapshot knows of it.
struct MovieMessage: Encodable {
    let id: String
    @Nullable var title: String?
    let genres: [String]
    /// nil, with the mean, where too few people have rated it for whoever asks.
    @Nullable var ratings: Int?
    @Nullable var meanRating: Double?

    init(_ item: Int, in snapshot: LiveSnapshot, _ context: ServiceContext) {
        let isTold = context.isAdministrator || snapshot.told.figures[item]
        id = snapshot.ratings.items[item]
        title = snapshot.dataset.items.titles[item]
        genres = snapshot.dataset.items.genres[item].map { snapshot.dataset.items.genreNames[$0] }
        ratings = isTold ? snapshot.ratingCount(ofItem: item) : nil
        meanRating = isTold ? snapshot.itemMeans[item] : nil
    }

    init(_ item: Int, in view: GraphView) {
        id = view.ratings.items[item]
        title = view.dataset.items.titles[item]
        genres = view.dataset.items.genres[item].map { view.dataset.items.genreNames[$0] }
        ratings = view.itemCounts[item]
        meanRating = view.itemMeans[item]
    }
}

extension MovieMessage {
    /// As whoever asks may see it: others than administrators as of the snapshot, for the difference of the two would tell of
    /// those who have rated since.
    init(_ item: Int, in view: GraphView, _ snapshot: LiveSnapshot, _ context: ServiceContext) {
        self.init(item, in: view)
        guard !context.isAdministrator else { return }
        let known = snapshot.ratings.items.index(of: id).map { MovieMessage($0, in: snapshot, context) }
        (ratings, meanRating) = (known?.ratings, known?.meanRating)
    }
}

/// A rating that somebody has given.
struct RatingMessage: Encodable {
    /// Null where it is not told.
    @Nullable var userId: String?
    let itemId: String
    @Nullable var title: String?
    let rating: Float
    /// Seconds since 1970.
    @Nullable var timestamp: Int64?

    init(_ event: RatingEvent, title: String?, for audience: Audience) {
        userId = audience.id(event.user)
        itemId = event.item
        self.title = title
        rating = event.value
        timestamp = event.time
    }
}

/// A list that a model has made for a person.
struct ListMessage: Encodable {
    struct Place: Encodable {
        let rank: Int
        @Nullable var predictedRating: Double?
        @Nullable var score: Float?
        @Nullable var reasons: [String]?
    }

    let model: String
    /// What the list is sorted by: `predicted_rating` or `score`.
    let unit: String
    @Nullable var scoreMeaning: String?
    let items: [Joined<MovieMessage, Place>]

    /// - Parameter movie: what is told of an item.
    init(_ model: ModelKind, _ list: [Recommendation], _ movie: (Int) -> MovieMessage) {
        self.model = model.rawValue
        unit = model.listUnit
        scoreMeaning = model.scoreMeaning
        items = list.enumerated().map { place, one in
            Joined(
                movie(one.item),
                Place(
                    rank: place + 1, predictedRating: one.predictedRating, score: one.score, reasons: one.reasons))
        }
    }
}

/// The lists of a person, one for each model that was asked for.
struct ListsMessage: Encodable {
    @Nullable var userId: String?
    let lists: [ListMessage]
}

/// A community and what sets it apart.
struct CommunityMessage: Encodable {
    struct Distinction: Encodable {
        let name: String
        /// nil, with the count, for others than administrators: both tell how many members do not have it.
        @Nullable var lift: Double?
        @Nullable var count: Int?

        init(_ name: String, _ lift: Lift, isWhole: Bool) {
            self.name = name
            self.lift = isWhole ? lift.value : nil
            count = isWhole ? lift.inside : nil
        }
    }

    let community: Int
    let size: Int
    let internalWeight: Double
    let conductance: Double
    let meanRating: Double
    let topItems: [Distinction]
    let topGenres: [Distinction]
    let topAttributes: [Distinction]

    /// - Parameter label: that of the partition.
    init(_ label: Int, in view: GraphView, _ group: SmallestGroup, _ context: ServiceContext) {
        func told(_ all: [(name: String, lift: Lift)]) -> [Distinction] {
            let isWhole = context.isAdministrator
            return all.filter { isWhole || group.allows($0.lift.inside) }.map {
                Distinction($0.name, $0.lift, isWhole: isWhole)
            }
        }
        let profile = view.graph.profiles[label]
        community = Int(view.graph.communityNumbers.numbers[label])
        size = profile.statistics.size
        internalWeight = profile.statistics.internalWeight
        conductance = profile.statistics.conductance
        meanRating = profile.meanRating
        topItems = told(profile.topItems.map { (view.dataset.title(of: $0.index), $0.lift) })
        topGenres = told(profile.topGenres.map { (view.dataset.items.genreNames[$0.index], $0.lift) })
        topAttributes = told(profile.topAttributes.map { ("\($0.attribute) \($0.value)", $0.lift) })
    }
}

/// A list without pages.
struct ItemsMessage<Item: Encodable>: Encodable {
    let items: [Item]
}
