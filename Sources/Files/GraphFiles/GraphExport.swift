public import Engine
import Graphs
import Neighbors
import Ratings

/// A snapshot with values shared by its exports.
public struct GraphExport: Sendable {
    let snapshot: Snapshot
    /// The threads that format text.
    let threads: Int
    /// The mean rating of each user.
    let meanRatings: [Double]
    /// The first edge of each user, in the order of `graph.edges`, and the total at the end.
    private let firstEdges: [Int]

    var ratings: RatingMatrix { snapshot.ratings }
    var graph: Graph { snapshot.graph }
    var partition: Partition { snapshot.partition }
    /// The number of each community, by the partition's label.
    var communityNumbers: [Int32] { snapshot.communityNumbers.numbers }

    func community(of user: Int) -> Int32 { snapshot.community(of: user) }

    /// - Parameter threads: the output does not depend on it.
    public init(_ snapshot: Snapshot, threads: Int = 1) {
        self.snapshot = snapshot
        self.threads = threads
        meanRatings = snapshot.ratings.userMeans
        let graph = snapshot.graph
        firstEdges = (0..<graph.vertexCount).reduce(into: [0]) { sums, vertex in
            let upper = graph.adjacency(of: vertex).reduce(0) { $0 + (graph.neighbors[$1] > vertex ? 1 : 0) }
            sums.append(sums[sums.count - 1] + upper)
        }
    }

    /// Calls `body` for each edge with this source, in the order of `graph.edges`.
    @inline(__always)
    func forEachEdge(
        from source: Int, _ body: (_ number: Int, _ target: Int32, _ weight: Float, _ support: Int32) -> Void
    ) {
        var number = firstEdges[source]
        let (graph, supports) = (graph, snapshot.similarity.supports)
        for position in graph.adjacency(of: source) where graph.neighbors[position] > source {
            body(number, graph.neighbors[position], graph.weights[position], supports[number])
            number += 1
        }
    }
}
