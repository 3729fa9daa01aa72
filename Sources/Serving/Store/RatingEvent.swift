/// An incoming rating, with external ids.
public struct RatingEvent: Sendable, Equatable {
    public var user: String
    public var item: String
    public var value: Float
    /// Seconds since 1970, or nil where it is not known.
    public var time: Int64?

    public init(user: String, item: String, value: Float, time: Int64?) {
        self.user = user
        self.item = item
        self.value = value
        self.time = time
    }
}
