import Graphs
import LinearAlgebra
import Ratings

extension RatingMatrix {
    /// A matrix from rows of (item, rating); users and items are named by their indices.
    public init(rows: [[(item: Int, rating: Float)]], itemCount: Int) {
        let sorted = rows.map { $0.sorted { $0.item < $1.item } }
        self.init(
            users: Vocabulary((0..<rows.count).map(String.init)),
            items: Vocabulary((0..<itemCount).map(String.init)),
            byUser: SparseMatrix(
                columns: itemCount,
                rowOffsets: sorted.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
                columnIndices: sorted.flatMap { $0.map { Int32($0.item) } },
                values: sorted.flatMap { $0.map(\.rating) }))
    }

    /// A random matrix with all that a similarity has to bear: users without ratings, with one rating, with all-equal
    /// ratings, identical users, and few distinct values so that ties abound.
    public static func random(
        users: Int, items: Int, density: Double, step: Float = 0.5, seed: UInt64
    ) -> RatingMatrix {
        var generator = SeededGenerator(seed: seed)
        var rows: [[(item: Int, rating: Float)]] = []
        for user in 0..<users {
            var row = (0..<items).filter { _ in generator.uniform() < density }
                .map { (item: $0, rating: step * Float(1 + generator.next(below: 10))) }
            switch user % 10 {
            case 3: row = []
            case 4: row = Array(row.prefix(1))
            case 5: row = row.map { ($0.item, 3 * step) }
            case 6 where user > 6: row = rows[user - 5]
            default: break
            }
            rows.append(row)
        }
        return RatingMatrix(rows: rows, itemCount: items)
    }
}

extension Graph {
    /// A graph from edges in any order, weights 1 unless given.
    public init(_ vertexCount: Int, _ pairs: [(Int, Int)], weight: Float = 1) {
        let edges = pairs.map {
            Edge(source: Int32(min($0.0, $0.1)), target: Int32(max($0.0, $0.1)), weight: weight)
        }
        self.init(
            vertexCount: vertexCount, edges: edges.sorted { ($0.source, $0.target) < ($1.source, $1.target) })
    }

    /// Two triangles, 0 1 2 and 3 4 5, and the bridge 2–3.
    public static var twoTriangles: Graph {
        Graph(6, [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)])
    }

    /// Planted groups: an edge inside a group with probability `inside`, between groups with `outside`; random weights.
    public static func planted(
        groups: Int, size: Int, inside: Double, outside: Double, seed: UInt64
    ) -> Graph {
        var generator = SeededGenerator(seed: seed)
        var edges: [Edge] = []
        for source in 0..<groups * size {
            for target in (source + 1)..<max(source + 1, groups * size) {
                let chance = source / size == target / size ? inside : outside
                if generator.uniform() < chance {
                    edges.append(
                        Edge(
                            source: Int32(source), target: Int32(target),
                            weight: 0.25 + Float(generator.uniform())))
                }
            }
        }
        return Graph(vertexCount: groups * size, edges: edges)
    }
}
