/// Moves single vertices between communities as long as modularity rises.
///
/// The vertices wait in a queue. The one in front moves to the community of its neighbors that gains most, or to an empty
/// one; when it moves, its neighbors outside the new community join the queue. The gain of vertex v in community C is
/// w(v, C) − γ·vol(v)·vol(C∖v)/2W, in units of edge weight.
///
/// - Parameter labels: a label below the number of vertices for each; changed in place.
/// - Returns: whether any vertex moved.
/// - Complexity: O(vertices) memory; about linear in the edges in practice.
///
/// Source: Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z, algorithm A.2, MoveNodesFast. Ties stay where
/// they are, else go to the lowest label.
func moveVertices(
    of network: Network, labels: inout [Int32], resolution: Double,
    using generator: inout some RandomNumberGenerator
) -> Bool {
    let scale = resolution / network.totalVolume
    var communities = CommunityVolumes(network: network, labels: labels)
    var queue = VertexQueue(vertexCount: network.vertexCount, using: &generator)
    var weightTo = LabelWeights(labelCount: network.vertexCount)
    var moved = false

    while let vertex = queue.next() {
        let volume = network.volumes[vertex]
        let current = labels[vertex]
        for position in network.adjacency(of: vertex) {
            weightTo.add(network.weights[position], to: labels[Int(network.neighbors[position])])
        }
        communities.remove(volume, from: current)

        func gain(_ label: Int32) -> Double {
            weightTo[label] - scale * volume * communities.volumes[Int(label)]
        }
        // A move has to beat rounding, or two vertices could chase each other for ever.
        var best = (label: current, gain: gain(current) + 1e-12 * network.totalVolume)
        for label in weightTo.labels where label != current {
            let candidate = gain(label)
            if candidate > best.gain || (candidate == best.gain && best.label != current && label < best.label) {
                best = (label, candidate)
            }
        }
        if best.gain < 0, let empty = communities.emptyLabel { best = (empty, 0) }

        communities.add(volume, to: best.label)
        weightTo.clear()
        guard best.label != current else { continue }
        labels[vertex] = best.label
        moved = true
        for position in network.adjacency(of: vertex) {
            let other = Int(network.neighbors[position])
            if labels[other] != best.label { queue.append(other) }
        }
    }
    return moved
}

/// The volume of every community and the labels that no vertex bears.
private struct CommunityVolumes {
    private(set) var volumes: [Double]
    private var sizes: [Int]
    private var empty: [Int32] = []

    init(network: Network, labels: [Int32]) {
        volumes = Array(repeating: 0, count: network.vertexCount)
        sizes = Array(repeating: 0, count: network.vertexCount)
        for (vertex, label) in labels.enumerated() {
            volumes[Int(label)] += network.volumes[vertex]
            sizes[Int(label)] += 1
        }
        empty = sizes.indices.reversed().filter { sizes[$0] == 0 }.map(Int32.init)
    }

    /// A label without vertices, or nil when every vertex is alone.
    var emptyLabel: Int32? { empty.last }

    mutating func remove(_ volume: Double, from label: Int32) {
        sizes[Int(label)] -= 1
        // An emptied community weighs exactly nothing, whatever the roundings before.
        volumes[Int(label)] = sizes[Int(label)] == 0 ? 0 : volumes[Int(label)] - volume
        if sizes[Int(label)] == 0 { empty.append(label) }
    }

    mutating func add(_ volume: Double, to label: Int32) {
        if sizes[Int(label)] == 0 { empty.removeLast() }
        sizes[Int(label)] += 1
        volumes[Int(label)] += volume
    }
}

/// Vertices in line, each at most once.
struct VertexQueue {
    private var ring: [Int32]
    private var isWaiting: [Bool]
    private var head = 0
    private var count: Int

    /// All vertices in random order.
    init(vertexCount: Int, using generator: inout some RandomNumberGenerator) {
        ring = (0..<Int32(vertexCount)).shuffled(using: &generator)
        isWaiting = Array(repeating: true, count: vertexCount)
        count = vertexCount
    }

    mutating func next() -> Int? {
        guard count > 0 else { return nil }
        let vertex = Int(ring[head])
        head = head + 1 == ring.count ? 0 : head + 1
        count -= 1
        isWaiting[vertex] = false
        return vertex
    }

    mutating func append(_ vertex: Int) {
        guard !isWaiting[vertex] else { return }
        isWaiting[vertex] = true
        let tail = head + count
        ring[tail < ring.count ? tail : tail - ring.count] = Int32(vertex)
        count += 1
    }
}
