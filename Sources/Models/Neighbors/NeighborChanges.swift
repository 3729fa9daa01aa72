/// What a batch changed in the lists of neighbors.
public struct NeighborChanges: Sendable, Equatable {
    /// The users whose k nearest changed, by number, ascending.
    public var lists: [Int32]
    /// The number of users whose similarities with everybody were computed, since their ratings changed.
    public var computed: Int
    /// The number of other lists that lost one of the k nearest and took a spare.
    public var mendedFromSpares: Int
    /// The number of other lists that ran out of spares and were computed again.
    public var computedAgain: Int
    /// Whether all pairs were compared instead, since IDs sort otherwise than before or most users changed.
    public var comparedAllPairs: Bool

    /// Creates a report; by default of a batch that changed nothing.
    public init(
        lists: [Int32] = [], computed: Int = 0, mendedFromSpares: Int = 0, computedAgain: Int = 0,
        comparedAllPairs: Bool = false
    ) {
        self.lists = lists
        self.computed = computed
        self.mendedFromSpares = mendedFromSpares
        self.computedAgain = computedAgain
        self.comparedAllPairs = comparedAllPairs
    }
}
