/// A weighted undirected graph without self-loops or parallel edges.
///
/// Vertices are `0 ..< vertexCount`. Adjacency is CSR: the neighbors of v are `offsets[v] ..< offsets[v + 1]` in
/// `neighbors` and `weights`, ascending; each edge is stored twice, once per end. Counts, lists and sums of edges
/// include each edge once.
public struct Graph: Sendable {
    /// The first neighbor of each vertex in `neighbors`, and the total at the end.
    public let offsets: [Int]
    /// The neighbors of all vertices.
    public let neighbors: [Int32]
    /// The edge weight of each entry of `neighbors`.
    public let weights: [Float]
    /// W, the sum of the edge weights.
    public let totalWeight: Double
    /// The sum of the weights of each vertex's edges.
    let weightedDegrees: [Double]

    /// The number of vertices.
    public var vertexCount: Int { offsets.count - 1 }
    /// The number of edges.
    public var edgeCount: Int { neighbors.count / 2 }

    /// - Parameter edges: each pair once, `source < target`, in ascending order of (source, target), weights positive.
    /// - Complexity: O(vertices + edges) time and memory.
    public init(vertexCount: Int, edges: [Edge]) {
        var offsets = [Int](repeating: 0, count: vertexCount + 1)
        for edge in edges {
            precondition(edge.source < edge.target && edge.weight > 0, "edge \(edge)")
            offsets[Int(edge.source) + 1] += 1
            offsets[Int(edge.target) + 1] += 1
        }
        for vertex in 0..<vertexCount { offsets[vertex + 1] += offsets[vertex] }
        var next = offsets
        var neighbors = [Int32](repeating: 0, count: 2 * edges.count)
        var weights = [Float](repeating: 0, count: 2 * edges.count)
        func link(_ vertex: Int32, to other: Int32, _ weight: Float) {
            neighbors[next[Int(vertex)]] = other
            weights[next[Int(vertex)]] = weight
            next[Int(vertex)] += 1
        }
        // Both passes visit edges in ascending order, so lower neighbors come first, each run sorted.
        for edge in edges { link(edge.target, to: edge.source, edge.weight) }
        for edge in edges { link(edge.source, to: edge.target, edge.weight) }
        self.init(offsets: offsets, neighbors: neighbors, weights: weights)
    }

    /// A graph from its adjacency in CSR, as described for the properties.
    public init(offsets: [Int], neighbors: [Int32], weights: [Float]) {
        precondition(
            offsets.last == neighbors.count && weights.count == neighbors.count, "last offset is not the neighbor count"
        )
        self.offsets = offsets
        self.neighbors = neighbors
        self.weights = weights
        weightedDegrees = (0..<offsets.count - 1).map { vertex in
            weights[offsets[vertex]..<offsets[vertex + 1]].reduce(0) { $0 + Double($1) }
        }
        totalWeight = weightedDegrees.reduce(0, +) / 2
        #if KINDRED_CHECKS
            checkInvariants()
        #endif
    }

    /// The positions of a vertex's neighbors.
    public func adjacency(of vertex: Int) -> Range<Int> {
        offsets[vertex]..<offsets[vertex + 1]
    }

    /// The number of neighbors.
    public func degree(of vertex: Int) -> Int { adjacency(of: vertex).count }

    /// The sum of the weights of a vertex's edges.
    public func weightedDegree(of vertex: Int) -> Double { weightedDegrees[vertex] }

    /// Every edge once, ascending by (source, target).
    public var edges: some Sequence<Edge> {
        (0..<vertexCount).lazy.flatMap { source in
            adjacency(of: source).lazy
                .filter { neighbors[$0] > source }
                .map { Edge(source: Int32(source), target: neighbors[$0], weight: weights[$0]) }
        }
    }

    /// Traps unless neighbors ascend, there are no self-loops and every edge is stored at both ends.
    public func checkInvariants() {
        var seen = offsets
        for vertex in 0..<vertexCount {
            var last: Int32 = -1
            for position in adjacency(of: vertex) {
                let other = Int(neighbors[position])
                precondition(neighbors[position] > last && other != vertex, "neighbors of \(vertex)")
                // Vertices ascend, so the entries of `other` come up in its own order.
                precondition(neighbors[seen[other]] == vertex, "edge \(vertex)–\(other) has one end")
                precondition(weights[seen[other]] == weights[position], "edge \(vertex)–\(other)")
                seen[other] += 1
                last = neighbors[position]
            }
        }
    }
}

/// An undirected edge; the source is the lower vertex.
public struct Edge: Sendable, Equatable {
    /// The lower vertex.
    public var source: Int32
    /// The higher vertex.
    public var target: Int32
    /// The weight, positive.
    public var weight: Float

    /// Creates an edge.
    public init(source: Int32, target: Int32, weight: Float) {
        self.source = source
        self.target = target
        self.weight = weight
    }
}
