/// A graph on its way through aggregation: vertices stand for groups of original vertices.
///
/// The edges inside a group have become the vertex's self-loop. Only its volume is kept, for no gain depends on a
/// self-loop by itself.
struct Network {
    let offsets: [Int]
    let neighbors: [Int32]
    let weights: [Double]
    /// The weighted degree of each vertex, twice its self-loop included.
    let volumes: [Double]
    /// 2W, twice the sum of all edge weights: the same at every level of aggregation.
    let totalVolume: Double

    var vertexCount: Int { volumes.count }

    init(_ graph: Graph) {
        offsets = graph.offsets
        neighbors = graph.neighbors
        weights = graph.weights.map(Double.init)
        volumes = (0..<graph.vertexCount).map(graph.weightedDegree)
        totalVolume = 2 * graph.totalWeight
    }

    /// One vertex for each label; edges between labels are summed.
    ///
    /// - Parameter labels: a label below `labelCount` for every vertex, none unused.
    /// - Complexity: O(vertices + edges) time but for sorting each new vertex's neighbors.
    init(aggregating network: Network, by labels: [Int32], labelCount: Int) {
        let members = Members(labels: labels, labelCount: labelCount)
        var volumes = [Double](repeating: 0, count: labelCount)
        var offsets = [0]
        var neighbors: [Int32] = []
        var weights: [Double] = []
        var sums = LabelWeights(labelCount: labelCount)
        for label in 0..<labelCount {
            for vertex in members[label] {
                volumes[label] += network.volumes[Int(vertex)]
                for position in network.adjacency(of: Int(vertex)) {
                    let other = labels[Int(network.neighbors[position])]
                    if other != label { sums.add(network.weights[position], to: other) }
                }
            }
            for other in sums.labels.sorted() {
                neighbors.append(other)
                weights.append(sums[other])
            }
            sums.clear()
            offsets.append(neighbors.count)
        }
        self.offsets = offsets
        self.neighbors = neighbors
        self.weights = weights
        self.volumes = volumes
        totalVolume = network.totalVolume
    }

    func adjacency(of vertex: Int) -> Range<Int> { offsets[vertex]..<offsets[vertex + 1] }
}

/// The vertices of each label, ascending, in flat arrays.
struct Members {
    private let offsets: [Int]
    private let vertices: [Int32]

    init(labels: [Int32], labelCount: Int) {
        var offsets = [Int](repeating: 0, count: labelCount + 1)
        for label in labels { offsets[Int(label) + 1] += 1 }
        for label in 0..<labelCount { offsets[label + 1] += offsets[label] }
        var next = offsets
        var vertices = [Int32](repeating: 0, count: labels.count)
        for (vertex, label) in labels.enumerated() {
            vertices[next[Int(label)]] = Int32(vertex)
            next[Int(label)] += 1
        }
        self.offsets = offsets
        self.vertices = vertices
    }

    subscript(label: Int) -> ArraySlice<Int32> { vertices[offsets[label]..<offsets[label + 1]] }
}

/// Sums of weights by label, cleared in time proportional to the labels touched.
struct LabelWeights {
    /// The labels with a sum, in the order of their first addition.
    private(set) var labels: [Int32] = []
    private var sums: [Double]
    private var touched: [Bool]

    init(labelCount: Int) {
        sums = Array(repeating: 0, count: labelCount)
        touched = Array(repeating: false, count: labelCount)
    }

    subscript(label: Int32) -> Double { sums[Int(label)] }

    mutating func add(_ weight: Double, to label: Int32) {
        if !touched[Int(label)] {
            touched[Int(label)] = true
            labels.append(label)
        }
        sums[Int(label)] += weight
    }

    mutating func clear() {
        for label in labels {
            sums[Int(label)] = 0
            touched[Int(label)] = false
        }
        labels.removeAll(keepingCapacity: true)
    }
}

/// Renumbers labels densely in the order of their first vertex.
///
/// - Returns: the new labels and how many there are.
func compacted(_ labels: [Int32], below bound: Int) -> (labels: [Int32], count: Int) {
    var number = [Int32](repeating: -1, count: bound)
    var count: Int32 = 0
    let renumbered = labels.map { label in
        if number[Int(label)] < 0 {
            number[Int(label)] = count
            count += 1
        }
        return number[Int(label)]
    }
    return (renumbered, Int(count))
}
