import Neighbors

/// What following commits took, since the graph was computed.
public struct MendingCounts: Sendable {
    public private(set) var changes = 0
    /// Lists of users whose own ratings changed.
    public private(set) var computed = 0
    /// Other lists that lost a neighbor and had another to put in its place.
    public private(set) var mendedFromSpares = 0
    /// Other lists that lost a neighbor and were computed again.
    public private(set) var computedAgain = 0
    /// Seconds from the commit of a change to the lists that have it.
    package private(set) var delays = Histogram(bounds: [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    ])

    mutating func add(_ lists: NeighborChanges, changes count: Int) {
        changes += count
        computed += lists.computed
        mendedFromSpares += lists.mendedFromSpares
        computedAgain += lists.computedAgain
    }

    mutating func addDelay(seconds: Double, changes: Int) {
        for _ in 0..<changes { delays.observe(seconds) }
    }
}
