import Ratings

/// The neighbors of a user beyond the k nearest, so that a list stays right when some of them get worse.
///
/// All users nearer than the bound are in the list, and nobody else. So removing a user, or inserting one who is nearer
/// than the bound, keeps that true, and dropping the last lowers the bound. While k are left, they are the k nearest.
struct NearList: Sendable {
    /// Nearest first, by number.
    let near: [Neighbor]
    /// nil if nobody else is a neighbor.
    let bound: Neighbor?

    /// The list of a user without neighbors.
    static var empty: NearList { NearList([], bound: nil) }

    init(_ near: [Neighbor], bound: Neighbor?) {
        self.near = near
        self.bound = bound
    }

    /// - Parameters:
    ///   - near: nearest first.
    ///   - capacity: how many to keep; the next is the bound.
    init(_ near: [Neighbor], capacity: Int) {
        self.near = Array(near.prefix(capacity))
        bound = near.count > capacity ? near[capacity] : nil
    }

    /// Whether the k nearest are known.
    func isComplete(_ neighbors: Int) -> Bool { bound == nil || near.count >= neighbors }

    /// The list after some users changed.
    ///
    /// - Parameters:
    ///   - isChanged: by number.
    ///   - offers: the changed users who are nearer than the bound, in any order.
    func mended(
        without isChanged: [Bool], adding offers: ArraySlice<Neighbor>, capacity: Int, among users: MutableVocabulary
    ) -> NearList {
        var mended: [Neighbor] = []
        mended.reserveCapacity(near.count + offers.count)
        var added = offers.sorted(by: users.isNearer)[...]
        for neighbor in near where !isChanged[Int(neighbor.user)] {
            while let first = added.first, users.isNearer(first, neighbor) { mended.append(added.removeFirst()) }
            mended.append(neighbor)
        }
        mended += added
        guard mended.count > capacity else { return NearList(mended, bound: bound) }
        return NearList(mended, capacity: capacity)
    }
}

extension MutableVocabulary {
    /// Nearer first, ties by the order of the IDs.
    func isNearer(_ a: Neighbor, _ b: Neighbor) -> Bool {
        a.similarity > b.similarity
            || (a.similarity == b.similarity && rank(of: Int(a.user)) < rank(of: Int(b.user)))
    }
}
