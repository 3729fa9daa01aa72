public import Store

/// Films, users and ratings one after another, in an order that is the same each time.
public protocol RecordFeed {
    /// Tells whether a place belongs to this feed.
    var checksum: String { get }
    /// nil where nobody knows before the end.
    var count: Int? { get }
    /// Records that were left out because they say nothing.
    var rejected: Int { get }
    /// The next record and the place behind it; nil at the end.
    mutating func next() async throws -> PlacedRecord?
    /// Goes to a place, so that `next` gives the record that follows it.
    mutating func go(to place: RecordPlace)
}

/// Where a feed can go on.
public struct RecordPlace: Sendable, Equatable, Codable {
    /// The address of a page; nil where the feed has none.
    public var page: String?
    /// Records before the place, on its page or in all.
    public var index: Int

    public init(page: String? = nil, index: Int = 0) {
        self.page = page
        self.index = index
    }
}

/// A record, and where the next one is.
public struct PlacedRecord: Sendable {
    public let change: StreamChange
    public let next: RecordPlace

    public init(_ change: StreamChange, next: RecordPlace) {
        self.change = change
        self.next = next
    }
}
