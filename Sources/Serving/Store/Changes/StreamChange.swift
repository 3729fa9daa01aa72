/// What one message of a stream or one row of a watched file says.
public enum StreamChange: Sendable, Equatable {
    /// Counts unless the store has a later rating of the same user and item, whatever the order in which the two came: a stream
    /// that is read again then ends in the same store.
    case rate(RatingEvent)
    case remove(user: String, item: String)
    case item(ItemFacts)
    case user(UserFacts)

    /// Whom it is about; nil for an item.
    var userID: String? {
        switch self {
        case .rate(let event): event.user
        case .remove(let user, _): user
        case .user(let facts): facts.id
        case .item: nil
        }
    }
}

/// What is known of an item; what is nil or empty leaves what the store knows as it is.
public struct ItemFacts: Sendable, Equatable {
    public var id: String
    public var title: String?
    public var genres: [String]

    public init(id: String, title: String?, genres: [String] = []) {
        self.id = id
        self.title = title
        self.genres = genres
    }
}

/// What is known of a user, such as `age`; attributes that are not named stay as they are.
public struct UserFacts: Sendable, Equatable {
    public var id: String
    public var attributes: [String: String]

    public init(id: String, attributes: [String: String] = [:]) {
        self.id = id
        self.attributes = attributes
    }
}

/// What becomes of a rating whose item the store does not know.
public enum UnknownItems: String, Sendable, CaseIterable {
    /// The item comes in with its id alone; its title may follow.
    case stub
    /// The rating is rejected.
    case reject
}
