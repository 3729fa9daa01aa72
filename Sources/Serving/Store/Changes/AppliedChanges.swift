/// What a commit has changed, for those who follow the store: a graph that is mended, an error that is counted.
public struct AppliedChanges: Sendable, Equatable {
    /// A rating that counts from now on, or one that is gone.
    public struct Change: Sendable, Equatable {
        public let user: String
        public let item: String
        /// nil where the rating was removed.
        public let value: Float?
        /// When it was rated, in seconds since 1970.
        public let time: Int64?

        public init(user: String, item: String, value: Float?, time: Int64?) {
            self.user = user
            self.item = item
            self.value = value
            self.time = time
        }
    }

    /// What they came from: `http`, or the name of a source.
    public var source = "http"
    /// The number of the newest change of the store that is among them; later commits have larger ones.
    public var number: Int64 = 0
    /// In the order in which they were applied.
    public var changes: [Change] = []
    /// Ratings that came too late to count, or were there already.
    public var repeated = 0
    /// Whether titles, genres or attributes have changed.
    public var hasNewFacts = false
    /// Ratings and facts of users who were erased, which are left out.
    public var refused = 0
    /// Who was erased; the changes are their ratings.
    public var erased: String?

    public init() {}

    var isEmpty: Bool { changes.isEmpty && !hasNewFacts }
}
