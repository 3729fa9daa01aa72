/// A rating as it stands, for those who copy the store elsewhere.
public struct RatingRecord: Sendable, Equatable {
    public let user: String
    public let item: String
    public let value: Float
    /// When it was rated, in seconds since 1970.
    public let time: Int64?
    /// When it came in, in seconds since 1970; nil where an earlier version took it.
    public let arrived: Int64?

    public init(user: String, item: String, value: Float, time: Int64?, arrived: Int64?) {
        (self.user, self.item, self.value, self.time, self.arrived) = (user, item, value, time, arrived)
    }
}

/// What is known of an item.
public struct ItemRecord: Sendable, Equatable {
    public let id: String
    /// nil where no catalog names it.
    public let title: String?
    public let genres: [String]
    public let ratings: Int
    /// nil without ratings.
    public let meanRating: Double?

    public init(id: String, title: String?, genres: [String], ratings: Int, meanRating: Double?) {
        (self.id, self.title, self.genres, self.ratings, self.meanRating) = (id, title, genres, ratings, meanRating)
    }
}

/// What is known of a user.
public struct UserRecord: Sendable, Equatable {
    public let id: String
    /// In the newest run; nil for users who came later.
    public let community: Int?
    public let ratings: Int
    /// nil without ratings.
    public let meanRating: Double?

    public init(id: String, community: Int?, ratings: Int, meanRating: Double?) {
        (self.id, self.community, self.ratings, self.meanRating) = (id, community, ratings, meanRating)
    }
}

/// A place of a list of the newest run.
public struct RecommendationRecord: Sendable, Equatable {
    public let place: StoredRecommendation
    public let genres: [String]
}

/// Where a page of records ended and the next begins.
public struct RecordPlace: Sendable {
    let user: Int64
    var item: Int64 = 0
    var model = ""
    var place = 0
}
