import Engine
public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphExport {
    /// The arrays of the NPY format, by file name. A user's index is the line in `users.csv` after the header, from 0.
    ///
    /// | file | shape | type | holds |
    /// | --- | --- | --- | --- |
    /// | `edges.npy` | (edges, 2) | int32 | source and target index |
    /// | `similarities.npy` | (edges,) | float32 | weight of each edge |
    /// | `supports.npy` | (edges,) | int32 | items both rated |
    /// | `communities.npy` | (users,) | int32 | community of each user |
    /// | `neighbors.npy` | (users, k) | int32 | nearest users, nearest first, then −1 |
    /// | `neighbor_similarities.npy` | (users, k) | float32 | their similarities, then 0 |
    public var arrays: [(name: String, array: NPYArray)] {
        var ends: [Int32] = []
        var weights: [Float] = []
        ends.reserveCapacity(2 * graph.edgeCount)
        weights.reserveCapacity(graph.edgeCount)
        for source in 0..<graph.vertexCount {
            forEachEdge(from: source) { _, target, weight, _ in
                ends.append(Int32(source))
                ends.append(target)
                weights.append(weight)
            }
        }
        let neighbors = snapshot.neighbors
        let width = (0..<neighbors.userCount)
            .reduce(0) { max($0, neighbors.offsets[$1 + 1] - neighbors.offsets[$1]) }
        var nearest = [Int32](repeating: -1, count: neighbors.userCount * width)
        var similarities = [Float](repeating: 0, count: neighbors.userCount * width)
        for user in 0..<neighbors.userCount {
            for (rank, position) in (neighbors.offsets[user]..<neighbors.offsets[user + 1]).enumerated() {
                nearest[user * width + rank] = neighbors.neighbors[position]
                similarities[user * width + rank] = neighbors.similarities[position]
            }
        }
        return [
            ("edges.npy", NPYArray(ends, shape: [graph.edgeCount, 2])),
            ("similarities.npy", NPYArray(weights, shape: [graph.edgeCount])),
            ("supports.npy", NPYArray(snapshot.similarity.supports, shape: [graph.edgeCount])),
            ("communities.npy", NPYArray(partition.labels, shape: [partition.labels.count])),
            ("neighbors.npy", NPYArray(nearest, shape: [neighbors.userCount, width])),
            ("neighbor_similarities.npy", NPYArray(similarities, shape: [neighbors.userCount, width])),
        ]
    }
}
