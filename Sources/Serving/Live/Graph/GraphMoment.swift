/// How far a graph, or a view of it, has followed the store.
struct GraphMoment: Sendable, Equatable {
    /// The number of the newest change of ratings.
    var number: Int64
    /// How many commits have changed titles, genres or attributes since the base.
    var facts = 0

    func includes(_ other: GraphMoment) -> Bool { number >= other.number && facts >= other.facts }

    /// Tells the graph of this moment from every other of any store.
    func version(since base: LiveSnapshot) -> String {
        let change = number == base.change ? "" : "-\(number)"
        return base.version + change + (facts == 0 ? "" : ".\(facts)")
    }
}
