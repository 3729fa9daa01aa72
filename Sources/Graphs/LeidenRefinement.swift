import RealModule

/// How freely the refinement chooses among parts to join: a gain of this share of the mean edge weight is e times as
/// likely as none. The paper's θ = 0.01, freed from the unit of the weights.
private let randomness = 0.01

/// Divides every community into parts that are well connected inside it.
///
/// Vertices start alone. Each that is still alone, and well connected to the rest of its community, joins a part of the
/// same community that is well connected too, drawn with probability ∝ exp(gain/θ) among those that do not lower
/// modularity. A set T is well connected in community S if w(T, S∖T) ≥ γ·vol(T)·(vol(S) − vol(T))/2W.
///
/// - Parameter communities: a label below `communityCount` for every vertex.
/// - Returns: the part of each vertex, numbered densely, and how many there are.
/// - Complexity: O(vertices + edges) time and memory.
///
/// Source: Traag, Waltman & van Eck 2019, algorithm A.2, RefinePartition and MergeNodesSubset.
func refine(
    _ network: Network, communities: [Int32], communityCount: Int, resolution: Double,
    using generator: inout some RandomNumberGenerator
) -> (labels: [Int32], count: Int) {
    let scale = resolution / network.totalVolume
    let meanWeight = network.weights.reduce(0, +) / Double(max(1, network.weights.count))
    var parts = Parts(network: network, communities: communities, communityCount: communityCount)
    var weightTo = LabelWeights(labelCount: network.vertexCount)
    var candidates: [(part: Int32, gain: Double)] = []

    for vertex in (0..<network.vertexCount).shuffled(using: &generator) {
        guard parts.isAlone(vertex), parts.isWellConnected(Int32(vertex), scale) else { continue }
        for position in network.adjacency(of: vertex) {
            let other = Int(network.neighbors[position])
            if communities[other] == communities[vertex] {
                weightTo.add(network.weights[position], to: parts.labels[other])
            }
        }
        candidates.removeAll(keepingCapacity: true)
        candidates.append((Int32(vertex), 0))
        for part in weightTo.labels where parts.isWellConnected(part, scale) {
            let gain = weightTo[part] - scale * network.volumes[vertex] * parts.volume(of: part)
            if gain >= 0 { candidates.append((part, gain)) }
        }
        let chosen = draw(from: candidates, temperature: randomness * meanWeight, using: &generator)
        if chosen != vertex {
            parts.move(vertex, to: chosen, edgeWeight: weightTo[chosen])
        }
        weightTo.clear()
    }
    return compacted(parts.labels, below: network.vertexCount)
}

/// Draws a part with probability ∝ exp(gain/temperature).
private func draw(
    from candidates: [(part: Int32, gain: Double)], temperature: Double,
    using generator: inout some RandomNumberGenerator
) -> Int32 {
    let highest = candidates.reduce(0) { max($0, $1.gain) }
    let chances = candidates.map { Double.exp(($0.gain - highest) / temperature) }
    var rest = Double(generator.next() >> 11) * 0x1p-53 * chances.reduce(0, +)
    for (candidate, chance) in zip(candidates, chances) {
        rest -= chance
        if rest < 0 { return candidate.part }
    }
    return candidates[candidates.count - 1].part
}

/// The parts while they grow. A part bears the number of one of its vertices.
private struct Parts {
    private(set) var labels: [Int32]
    private let communities: [Int32]
    private var volumes: [Double]
    private var sizes: [Int]
    /// The weight between each part and the rest of its community.
    private var cuts: [Double]
    private var communityVolumes: [Double]

    init(network: Network, communities: [Int32], communityCount: Int) {
        labels = (0..<Int32(network.vertexCount)).map { $0 }
        self.communities = communities
        volumes = network.volumes
        sizes = Array(repeating: 1, count: network.vertexCount)
        cuts = Array(repeating: 0, count: network.vertexCount)
        communityVolumes = Array(repeating: 0, count: communityCount)
        for vertex in 0..<network.vertexCount {
            communityVolumes[Int(communities[vertex])] += network.volumes[vertex]
            for position in network.adjacency(of: vertex)
            where communities[Int(network.neighbors[position])] == communities[vertex] {
                cuts[vertex] += network.weights[position]
            }
        }
    }

    func isAlone(_ vertex: Int) -> Bool {
        labels[vertex] == vertex && sizes[vertex] == 1
    }

    func volume(of part: Int32) -> Double { volumes[Int(part)] }

    func isWellConnected(_ part: Int32, _ scale: Double) -> Bool {
        let rest = communityVolumes[Int(communities[Int(part)])] - volumes[Int(part)]
        return cuts[Int(part)] >= scale * volumes[Int(part)] * rest
    }

    /// Moves a vertex that is alone into another part, to which its edges weigh `edgeWeight`.
    mutating func move(_ vertex: Int, to part: Int32, edgeWeight: Double) {
        labels[vertex] = part
        cuts[Int(part)] += cuts[vertex] - 2 * edgeWeight
        volumes[Int(part)] += volumes[vertex]
        sizes[Int(part)] += 1
        sizes[vertex] = 0
    }
}
