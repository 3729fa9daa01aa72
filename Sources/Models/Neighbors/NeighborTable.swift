import LinearAlgebra

/// The nearest neighbors of every user, nearest first.
///
/// The neighbors of u are `offsets[u] ..< offsets[u + 1]`: larger similarity first, then lower index. A user has fewer
/// than k neighbors if fewer qualify.
public struct NeighborTable: Sendable {
    /// The first neighbor of each user in `neighbors`, and the total at the end.
    public let offsets: [Int]
    /// The neighbors of all users.
    public let neighbors: [Int32]
    /// In (0, 1].
    public let similarities: [Float]
    /// The number of items both rated.
    public let supports: [Int32]

    /// The number of users.
    public var userCount: Int { offsets.count - 1 }

    /// Creates a table from its arrays.
    public init(offsets: [Int], neighbors: [Int32], similarities: [Float], supports: [Int32]) {
        precondition(offsets.first == 0 && offsets.last == neighbors.count, "offsets span the neighbors")
        precondition(neighbors.count == similarities.count && neighbors.count == supports.count, "one of each")
        self.offsets = offsets
        self.neighbors = neighbors
        self.similarities = similarities
        self.supports = supports
    }

    /// A table of users without neighbors.
    init(empty userCount: Int) {
        self.init(offsets: Array(repeating: 0, count: userCount + 1), neighbors: [], similarities: [], supports: [])
    }

    /// Creates a table from the neighbors of each user, nearest first.
    public init(rows: [[Neighbor]], threads: Int = 1) {
        var offsets = [0]
        offsets.reserveCapacity(rows.count + 1)
        for row in rows { offsets.append(offsets[offsets.count - 1] + row.count) }
        let chunks = Parallel.chunks(rows.count) { [offsets] in offsets[$0] }
        let bounds = [0] + chunks.map { offsets[$0.upperBound] }
        func column<Value: BitwiseCopyable & Sendable>(_ value: @Sendable (Neighbor) -> Value) -> [Value] {
            Parallel.fill(bounds, threads: threads, workspace: {}) { part, _, values in
                var place = 0
                for row in chunks[part] {
                    for neighbor in rows[row] {
                        values[place] = value(neighbor)
                        place += 1
                    }
                }
            }
        }
        self.offsets = offsets
        neighbors = column(\.user)
        similarities = column(\.similarity)
        supports = column(\.support)
    }

    /// The size of the table in bytes.
    public var bytes: Int { 8 * offsets.count + 12 * neighbors.count }

    /// The neighbors of one user, nearest first.
    public func neighbors(of user: Int) -> [Neighbor] {
        (offsets[user]..<offsets[user + 1]).map(neighbor)
    }

    /// The neighbor at a place of the arrays.
    func neighbor(_ entry: Int) -> Neighbor {
        Neighbor(user: neighbors[entry], similarity: similarities[entry], support: supports[entry])
    }
}

/// A neighbor of a user.
public struct Neighbor: Sendable, Equatable {
    /// The index of the neighbor.
    public let user: Int32
    /// In (0, 1].
    public let similarity: Float
    /// The number of items both rated.
    public let support: Int32

    /// Creates a neighbor.
    public init(user: Int32, similarity: Float, support: Int32) {
        self.user = user
        self.similarity = similarity
        self.support = support
    }

    /// Nearer first, ties by index.
    static func isNearer(_ a: Neighbor, _ b: Neighbor) -> Bool {
        (b.similarity, a.user) < (a.similarity, b.user)
    }
}
