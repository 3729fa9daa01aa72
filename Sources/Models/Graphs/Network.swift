import LinearAlgebra

/// A graph during aggregation: vertices are groups of original vertices.
///
/// Edges inside a group become the vertex's self-loop. Only its volume is kept, since no gain depends on the self-loop
/// itself. The lowest level shares the arrays of its graph.
struct Network<Weight: BinaryFloatingPoint & Sendable>: Sendable {
    let offsets: [Int]
    let neighbors: [Int32]
    let weights: [Weight]
    /// The weighted degree of each vertex, including twice its self-loop.
    let volumes: [Double]
    /// 2W, twice the sum of all edge weights: the same at every level of aggregation.
    let totalVolume: Double
    /// The mean edge weight, without self-loops.
    let meanWeight: Double

    var vertexCount: Int { volumes.count }

    func adjacency(of vertex: Int) -> Range<Int> { offsets[vertex]..<offsets[vertex + 1] }

    /// The weight of a vertex's edges to vertices with a label.
    func weight(of vertex: Int, towards label: Int32, _ labelOf: [Int32]) -> Double {
        let range = adjacency(of: vertex)
        let neighbors = neighbors.span.extracting(range)
        let weights = weights.span.extracting(range)
        let labelOf = labelOf.span
        // Two sums, so that additions need not wait for each other.
        var even = 0.0
        var odd = 0.0
        var position = 0
        while position + 1 < neighbors.count {
            even += labelOf[Int(neighbors[position])] == label ? Double(weights[position]) : 0
            odd += labelOf[Int(neighbors[position + 1])] == label ? Double(weights[position + 1]) : 0
            position += 2
        }
        if position < neighbors.count, labelOf[Int(neighbors[position])] == label { even += Double(weights[position]) }
        return even + odd
    }
}

extension Network<Float> {
    init(_ graph: Graph) {
        offsets = graph.offsets
        neighbors = graph.neighbors
        weights = graph.weights
        volumes = graph.weightedDegrees
        totalVolume = 2 * graph.totalWeight
        meanWeight = totalVolume / Double(max(1, weights.count))
    }
}

extension Network<Double> {
    /// Aggregates each group into a vertex; edges between groups are summed.
    ///
    /// - Complexity: O(vertices + edges) time and memory.
    init(aggregating network: Network<some BinaryFloatingPoint>, by groups: Groups, threads: Int) {
        let workspaces = Workspaces { LabelSums(labelCount: groups.count) }
        let entriesBefore = (0..<groups.count).reduce(into: [0]) { sums, group in
            sums.append(groups[group].reduce(sums[group]) { $0 + network.adjacency(of: Int($1)).count })
        }
        let chunks = Parallel.chunks(groups.count) { entriesBefore[$0] }
        let rows = Parallel.map(chunks.count, threads: threads) { chunk in
            workspaces.withOne { sums in AggregatedRows(chunks[chunk], of: network, groups, &sums) }
        }
        var offsets = [0]
        offsets.reserveCapacity(groups.count + 1)
        for count in rows.lazy.flatMap(\.counts) { offsets.append(offsets[offsets.count - 1] + count) }
        self.offsets = offsets
        neighbors = concatenated(rows.map(\.neighbors))
        weights = concatenated(rows.map(\.weights))
        volumes = concatenated(rows.map(\.volumes))
        totalVolume = network.totalVolume
        meanWeight = weights.reduce(0, +) / Double(max(1, weights.count))
    }
}

/// Some rows of an aggregated network.
private struct AggregatedRows: Sendable {
    private(set) var counts: [Int] = []
    private(set) var neighbors: [Int32] = []
    private(set) var weights: [Double] = []
    private(set) var volumes: [Double] = []

    init(
        _ range: Range<Int>, of network: Network<some BinaryFloatingPoint>, _ groups: Groups, _ sums: inout LabelSums
    ) {
        for group in range {
            var volume = 0.0
            for vertex in groups[group] {
                volume += network.volumes[Int(vertex)]
                sums.add(network, edgesOf: Int(vertex), groups.labels)
            }
            let start = neighbors.count
            for place in 0..<sums.count where sums.label(place) != group {
                neighbors.append(sums.label(place))
                weights.append(sums[sums.label(place)])
            }
            sums.clear()
            counts.append(neighbors.count - start)
            volumes.append(volume)
        }
    }
}

private func concatenated<Element>(_ parts: [[Element]]) -> [Element] {
    var all: [Element] = []
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { all += part }
    return all
}
