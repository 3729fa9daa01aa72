import LinearAlgebra
import RealModule

/// The randomness of the refinement: a gain of this share of the mean edge weight is e times as likely as none. The
/// paper's θ = 0.01, independent of the unit of the weights.
private let randomness = 0.01

/// Splits every community into parts that are well connected within it.
///
/// Vertices start as singletons. Each that is still one, and well connected to the rest of its community, joins a
/// well-connected part of the same community, drawn with probability ∝ exp(gain/θ) among those that do not lower
/// modularity. A set T is well connected in community S if w(T, S∖T) ≥ γ·vol(T)·(vol(S) − vol(T))/2W.
///
/// Communities are independent here, so they are split in parallel, each with its own random numbers.
///
/// - Parameter threads: the result does not depend on it.
/// - Returns: the part of each vertex; the parts of a community are numbered consecutively.
/// - Complexity: O(vertices + edges) time and O(vertices) memory.
///
/// Source: Traag, Waltman & van Eck 2019, algorithm A.2, RefinePartition and MergeNodesSubset.
func refine<Weight>(
    _ network: Network<Weight>, communities: Groups, resolution: Double, threads: Int, seed: UInt64
) -> Groups {
    let refinement = Refinement(
        network: network, communities: communities, scale: resolution / network.totalVolume,
        temperature: randomness * network.meanWeight)
    let sizes = (0..<communities.count).map { communities[$0].count }
    let largestFirst = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    let largest = largestFirst.first.map { sizes[$0] } ?? 0
    let workspaces = Workspaces { LabelSums(labelCount: largest) }
    let cancellation = Cancellation.current
    let results = Parallel.map(sizes.count, threads: threads) { place in
        let community = largestFirst[place]
        var generator = SeededGenerator(seed: seed &+ UInt64(community))
        return workspaces.withOne { refinement.parts(of: community, &$0, cancellation, using: &generator) }
    }
    var partsOf = [Groups.Numbering](repeating: Groups.Numbering(labels: [], count: 0), count: sizes.count)
    for (place, community) in largestFirst.enumerated() { partsOf[community] = results[place] }
    var labels = [Int32](repeating: 0, count: network.vertexCount)
    var count = 0
    for (community, parts) in partsOf.enumerated() {
        for (vertex, part) in zip(communities[community], parts.labels) { labels[Int(vertex)] = Int32(count) + part }
        count += parts.count
    }
    return Groups(labels: labels, count: count)
}

/// The input shared by the refinements of all communities.
private struct Refinement<Weight: BinaryFloatingPoint & Sendable>: Sendable {
    let network: Network<Weight>
    let communities: Groups
    /// The place of each vertex in `communities.vertices`.
    let places: [Int32]
    /// γ/2W.
    let scale: Double
    let temperature: Double

    init(network: Network<Weight>, communities: Groups, scale: Double, temperature: Double) {
        self.network = network
        self.communities = communities
        self.scale = scale
        self.temperature = temperature
        var places = [Int32](repeating: 0, count: communities.vertices.count)
        for (place, vertex) in communities.vertices.enumerated() { places[Int(vertex)] = Int32(place) }
        self.places = places
    }

    /// The part of each vertex of a community, by its place there.
    func parts(
        of community: Int, _ sums: inout LabelSums, _ cancellation: Cancellation?,
        using generator: inout SeededGenerator
    ) -> Groups.Numbering {
        let members = Members(
            places: places, range: communities.offsets[community]..<communities.offsets[community + 1])
        let vertices = communities.vertices[members.range]
        let cuts = vertices.map {
            network.weight(of: Int($0), towards: Int32(community), communities.labels)
        }
        var parts = Parts(volumes: vertices.map { network.volumes[Int($0)] }, cuts: cuts, scale)
        var candidates: [(part: Int32, gain: Double)] = []
        for place in visitingOrder(vertices.count, using: &generator).lazy.map(Int.init) {
            if cancellation.isRequested { break }
            guard parts.isAlone(place), parts.isWellConnected(place) else { continue }
            let vertex = Int(vertices[members.range.lowerBound + place])
            sums.add(network, edgesOf: vertex, within: members, parts.labels)
            candidates.removeAll(keepingCapacity: true)
            candidates.append((Int32(place), 0))
            var highest = 0.0
            let penalty = scale * network.volumes[vertex]
            for met in 0..<sums.count {
                let part = sums.label(met)
                let gain = sums[part] - penalty * parts.volumes[Int(part)]
                // Candidates e⁴⁰ times less likely than the best are negligible.
                guard gain >= max(0, highest - 40 * temperature), parts.isWellConnected(Int(part)) else { continue }
                candidates.append((part, gain))
                highest = max(highest, gain)
            }
            let chosen = draw(from: &candidates, highest, using: &generator)
            if chosen != place { parts.move(place, to: Int(chosen), edgeWeight: sums[chosen]) }
            sums.clear()
        }
        return Groups.Numbering(compacting: parts.labels)
    }

    /// Draws a part with probability ∝ exp(gain/temperature).
    private func draw(
        from candidates: inout [(part: Int32, gain: Double)], _ highest: Double,
        using generator: inout SeededGenerator
    ) -> Int32 {
        candidates.removeAll { $0.gain < highest - 40 * temperature }
        var sum = 0.0
        for index in candidates.indices {
            sum += Double.exp((candidates[index].gain - highest) / temperature)
            candidates[index].gain = sum
        }
        let drawn = generator.uniform() * sum
        return candidates.first { drawn < $0.gain }?.part ?? candidates[candidates.count - 1].part
    }
}

/// The members of a community.
struct Members {
    /// The place of every vertex when sorted by community.
    let places: [Int32]
    /// The places of the community.
    let range: Range<Int>
}

/// The growing parts of one community. Vertices are identified by their places there, a part by one of its vertices.
private struct Parts {
    private(set) var labels: [Int32]
    private(set) var volumes: [Double]
    private var sizes: [Int32]
    /// The weight between each part and the rest of the community.
    private var cuts: [Double]
    private let communityVolume: Double
    private let scale: Double

    init(volumes: [Double], cuts: [Double], _ scale: Double) {
        labels = (0..<Int32(volumes.count)).map { $0 }
        self.volumes = volumes
        sizes = Array(repeating: 1, count: volumes.count)
        self.cuts = cuts
        communityVolume = volumes.reduce(0, +)
        self.scale = scale
    }

    func isAlone(_ place: Int) -> Bool { labels[place] == place && sizes[place] == 1 }

    func isWellConnected(_ part: Int) -> Bool {
        cuts[part] >= scale * volumes[part] * (communityVolume - volumes[part])
    }

    /// Moves a singleton into another part, to which its edges have the total weight `edgeWeight`.
    mutating func move(_ place: Int, to part: Int, edgeWeight: Double) {
        labels[place] = Int32(part)
        cuts[part] += cuts[place] - 2 * edgeWeight
        volumes[part] += volumes[place]
        sizes[part] += 1
        sizes[place] = 0
    }
}
