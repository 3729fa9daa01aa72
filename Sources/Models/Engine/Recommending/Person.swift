public import Ratings

/// Whom to recommend to: a user of the training ratings, or a guest.
public struct Person: Sendable {
    /// An index of the training vocabulary; nil for a guest, whose ratings are folded in.
    public let user: Int?
    /// The items that the person has rated, as far as the model knows them.
    public let ratings: UserRatings

    /// A guest, known by a few ratings.
    public init(guest ratings: UserRatings) {
        user = nil
        self.ratings = ratings
    }

    /// A user by the index of the vocabulary.
    public init(user: Int, of ratings: RatingMatrix) {
        self.user = user
        self.ratings = ratings.userRatings(user)
    }

    /// A user by the id.
    ///
    /// - Throws: `UnknownUser`.
    public init(_ id: String, of dataset: Dataset) throws(UnknownUser) {
        guard let user = dataset.ratings.users.index(of: id) else { throw UnknownUser(id, in: dataset) }
        self.init(user: user, of: dataset.ratings)
    }
}

/// A user whom a data set does not have.
public struct UnknownUser: Error, CustomStringConvertible {
    /// The unknown id.
    public let user: String
    /// The source of the data set.
    public let source: String
    /// Ids close to it.
    public let near: [String]

    /// Creates the error for an id that a data set lacks.
    public init(_ user: String, in dataset: Dataset) {
        self.user = user
        source = dataset.source
        near = dataset.ratings.users.idsNear(user)
    }

    public var description: String {
        "\(source): there is no user \"\(user)\". The nearest ids are \(near.joined(separator: ", "))."
    }
}
