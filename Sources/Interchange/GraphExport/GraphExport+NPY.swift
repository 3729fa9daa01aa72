import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphExport {
    /// The arrays of `--format npy`, by file name. A user's index is the line in `users.csv` behind the header, from 0.
    ///
    /// | file | shape | type | holds |
    /// | --- | --- | --- | --- |
    /// | `edges.npy` | (edges, 2) | int32 | source and target index |
    /// | `similarities.npy` | (edges,) | float32 | weight of each edge |
    /// | `supports.npy` | (edges,) | int32 | items that both rated |
    /// | `communities.npy` | (users,) | int32 | community of each user |
    /// | `neighbors.npy` | (users, k) | int32 | nearest users, nearest first, then −1 |
    /// | `neighbor_similarities.npy` | (users, k) | float32 | their similarities, then 0 |
    public var arrays: [(name: String, array: NPYArray)] {
        let edges = Array(graph.edges)
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
            ("edges.npy", NPYArray(edges.flatMap { [$0.source, $0.target] }, shape: [edges.count, 2])),
            ("similarities.npy", NPYArray(edges.map(\.weight), shape: [edges.count])),
            ("supports.npy", NPYArray(similarity.supports, shape: [edges.count])),
            ("communities.npy", NPYArray(partition.labels, shape: [partition.labels.count])),
            ("neighbors.npy", NPYArray(nearest, shape: [neighbors.userCount, width])),
            ("neighbor_similarities.npy", NPYArray(similarities, shape: [neighbors.userCount, width])),
        ]
    }
}

/// An array as numpy saves it: NPY format 1.0, little-endian, in C order.
public struct NPYArray: Sendable {
    /// The whole file.
    public let bytes: [UInt8]

    init(_ values: [Int32], shape: [Int]) {
        self.init("<i4", values.map { UInt32(bitPattern: $0) }, shape)
    }

    init(_ values: [Float], shape: [Int]) {
        self.init("<f4", values.map(\.bitPattern), shape)
    }

    private init(_ type: String, _ words: [UInt32], _ shape: [Int]) {
        precondition(shape.reduce(1, *) == words.count, "as many values as the shape has")
        // A tuple of one has a comma behind it.
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // Magic, version and length take 10 bytes; the data begins at a multiple of 64.
        header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        bytes += Array(header.utf8)
        bytes.reserveCapacity(bytes.count + 4 * words.count)
        for word in words {
            bytes += [
                UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
                UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 24),
            ]
        }
        self.bytes = bytes
    }
}
