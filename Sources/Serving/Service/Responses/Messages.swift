import Engine
import Graphs
import Live
import Neighbors
import Ratings
import Store

/// A film with what the snapshot knows of it.
struct MovieMessage: Encodable {
    let id: String
    @Nullable var title: String?
    let genres: [String]
    let ratings: Int
    @Nullable var meanRating: Double?

    init(_ item: Int, in snapshot: LiveSnapshot) {
        id = snapshot.ratings.items[item]
        title = snapshot.dataset.items.titles[item]
        genres = snapshot.dataset.items.genres[item].map { snapshot.dataset.items.genreNames[$0] }
        ratings = snapshot.ratingCount(ofItem: item)
        meanRating = snapshot.itemMeans[item]
    }

    init(_ item: Int, in view: GraphView) {
        id = view.ratings.items[item]
        title = view.dataset.items.titles[item]
        genres = view.dataset.items.genres[item].map { view.dataset.items.genreNames[$0] }
        ratings = view.itemCounts[item]
        meanRating = view.itemMeans[item]
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
        let lift: Double
        let count: Int

        init(_ name: String, _ lift: Lift) {
            self.name = name
            self.lift = lift.value
            count = lift.inside
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
    init(_ label: Int, in view: GraphView) {
        let profile = view.graph.profiles[label]
        community = Int(view.graph.communityNumbers.numbers[label])
        size = profile.statistics.size
        internalWeight = profile.statistics.internalWeight
        conductance = profile.statistics.conductance
        meanRating = profile.meanRating
        topItems = profile.topItems.map { Distinction(view.dataset.title(of: $0.index), $0.lift) }
        topGenres = profile.topGenres.map { Distinction(view.dataset.items.genreNames[$0.index], $0.lift) }
        topAttributes = profile.topAttributes.map { Distinction("\($0.attribute) \($0.value)", $0.lift) }
    }
}

/// A list without pages.
struct ItemsMessage<Item: Encodable>: Encodable {
    let items: [Item]
}
