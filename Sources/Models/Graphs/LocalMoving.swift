import LinearAlgebra

/// Networks with fewer entries skip the sweeps.
private let leastEntriesToSweep = 1 << 12

/// Local moving: moves single vertices between communities while modularity rises.
///
/// The gain of vertex v in community C is w(v, C) − γ·vol(v)·vol(C∖v)/2W, in units of edge weight. A vertex moves to
/// the neighboring or empty community with the largest gain; ties keep the current one, else go to the lowest label.
///
/// Large networks start with sweeps: blocks of vertices choose in parallel from the same state and then move in order,
/// as far as moves still gain. Once few move, these and their neighbors outside their communities are processed one by
/// one from a queue; a move enqueues the neighbors outside the new community.
///
/// - Parameters:
///   - labels: one per vertex, below the number of vertices; updated in place.
///   - threads: the result does not depend on it.
/// - Complexity: O(vertices) memory; about O(edges) time in practice.
///
/// Source: Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z, algorithm A.2, MoveNodesFast. Where we differ: the
/// sweeps.
func moveVertices(
    of network: Network<some BinaryFloatingPoint & Sendable>, labels: inout [Int32], resolution: Double, threads: Int,
    using generator: inout SeededGenerator
) -> Bool {
    let order = visitingOrder(network.vertexCount, using: &generator)
    var state = MovingState(network, labels: labels, resolution: resolution)
    labels = []
    let workspaces = Workspaces { LabelSums(labelCount: network.vertexCount) }
    var waiting = order
    var sweeps = 0
    while network.neighbors.count >= leastEntriesToSweep, sweeps < 10, waiting.count > network.vertexCount / 20 {
        waiting = sweep(order, of: network, &state, workspaces, threads)
        sweeps += 1
    }
    var queue = VertexQueue(waiting, vertexCount: network.vertexCount)
    // Not all of their neighbors have seen their moves in the last sweep.
    if sweeps > 0 { for vertex in waiting { state.enqueueNeighbors(of: Int(vertex), in: network, &queue) } }
    workspaces.withOne { sums in moveOneByOne(&queue, of: network, &state, &sums) }
    labels = state.labels
    return state.hasMoved
}

/// A random order of vertices; for large networks in runs of consecutive ones, whose edges are adjacent in memory.
func visitingOrder(_ count: Int, using generator: inout SeededGenerator) -> [Int32] {
    let run = count < 4096 ? 1 : 64
    return (0..<(count + run - 1) / run).shuffled(using: &generator).flatMap {
        Int32($0 * run)..<Int32(min(count, ($0 + 1) * run))
    }
}

/// Moves vertices in blocks. Within a block, all choose from the same state.
///
/// - Returns: the vertices that chose to move, most of which did.
private func sweep<Weight>(
    _ vertices: [Int32], of network: Network<Weight>, _ state: inout MovingState, _ workspaces: Workspaces<LabelSums>,
    _ threads: Int
) -> [Int32] {
    let blockSize = max(512, vertices.count / 64)
    let cancellation = Cancellation.current
    var wanting: [Int32] = []
    for start in stride(from: 0, to: vertices.count, by: blockSize) where !cancellation.isRequested {
        let block = vertices[start..<min(start + blockSize, vertices.count)]
        for move in state.moves(of: block, in: network, workspaces, threads) {
            _ = state.apply(move, in: network)
            wanting.append(Int32(move.vertex))
        }
    }
    return wanting
}

private func moveOneByOne<Weight>(
    _ queue: inout VertexQueue, of network: Network<Weight>, _ state: inout MovingState, _ sums: inout LabelSums
) {
    let cancellation = Cancellation.current
    while !cancellation.isRequested, let vertex = queue.next() {
        guard let move = state.bestMove(of: vertex, in: network, &sums), state.apply(move, in: network) else {
            continue
        }
        state.enqueueNeighbors(of: vertex, in: network, &queue)
    }
}

/// A vertex and its chosen community.
private struct Move: Sendable {
    let vertex: Int
    /// nil for a new singleton.
    let label: Int32?
    /// The weight of its edges into the chosen community, and into its current one.
    let weight: Double
    let currentWeight: Double
}

/// The communities during local moving.
private struct MovingState: Sendable {
    private(set) var labels: [Int32]
    private(set) var hasMoved = false
    private var volumes: [Double]
    private var sizes: [Int32]
    /// Unused labels.
    private var empty: [Int32]
    /// γ/2W.
    private let scale: Double
    /// The minimum gain of a move: above rounding error, so that two vertices cannot chase each other forever.
    private let leastGain: Double

    init(_ network: Network<some BinaryFloatingPoint>, labels: [Int32], resolution: Double) {
        self.labels = labels
        volumes = Array(repeating: 0, count: network.vertexCount)
        sizes = Array(repeating: 0, count: network.vertexCount)
        for (vertex, label) in labels.enumerated() {
            volumes[Int(label)] += network.volumes[vertex]
            sizes[Int(label)] += 1
        }
        let sizes = sizes
        empty = sizes.indices.reversed().filter { sizes[$0] == 0 }.map(Int32.init)
        scale = resolution / network.totalVolume
        leastGain = 1e-12 * network.totalVolume
    }

    /// Enqueues the neighbors of a vertex outside its community.
    func enqueueNeighbors(
        of vertex: Int, in network: Network<some BinaryFloatingPoint>, _ queue: inout VertexQueue
    ) {
        for position in network.adjacency(of: vertex) {
            let other = Int(network.neighbors[position])
            if labels[other] != labels[vertex] { queue.append(other) }
        }
    }

    /// The best moves of vertices in the current state, in order.
    func moves<Weight>(
        of vertices: ArraySlice<Int32>, in network: Network<Weight>, _ workspaces: Workspaces<LabelSums>, _ threads: Int
    ) -> [Move] {
        let chunks = chunked(vertices.count)
        return Parallel.map(chunks.count, threads: threads) { chunk in
            workspaces.withOne { sums in
                vertices.dropFirst(chunks[chunk].lowerBound).prefix(chunks[chunk].count).compactMap {
                    bestMove(of: Int($0), in: network, &sums)
                }
            }
        }.flatMap { $0 }
    }

    /// The move with the largest gain, or nil if the vertex stays.
    func bestMove(
        of vertex: Int, in network: Network<some BinaryFloatingPoint>, _ sums: inout LabelSums
    ) -> Move? {
        let current = labels[vertex]
        let isAlone = sizes[Int(current)] == 1
        let inside = isAlone ? 0 : network.weight(of: vertex, towards: current, labels)
        let staying = gainOfStaying(vertex, inside, in: network) + leastGain
        // No gain exceeds the weight of all leaving edges; usually that decides.
        guard network.volumes[vertex] - inside > staying || staying < 0 else { return nil }
        sums.add(network, edgesOf: vertex, labels)
        let penalty = scale * network.volumes[vertex]
        var best = current
        var bestGain = staying
        for place in 0..<sums.count {
            let label = sums.label(place)
            let gain = sums[label] - penalty * volumes[Int(label)]
            if gain >= bestGain, label != current, gain > bestGain || (best != current && label < best) {
                (best, bestGain) = (label, gain)
            }
        }
        let isBetterAlone = bestGain < 0
        let move = Move(
            vertex: vertex, label: isBetterAlone ? nil : best, weight: isBetterAlone ? 0 : sums[best],
            currentWeight: inside)
        sums.clear()
        return isBetterAlone || best != current ? move : nil
    }

    /// Makes a move if it still gains after other moves.
    mutating func apply(_ move: Move, in network: Network<some BinaryFloatingPoint>) -> Bool {
        guard let target = move.label ?? empty.last, move.label == nil || sizes[Int(target)] > 0 else { return false }
        let volume = network.volumes[move.vertex]
        let gain = move.weight - scale * volume * volumes[Int(target)]
        guard gain > gainOfStaying(move.vertex, move.currentWeight, in: network) + leastGain else { return false }
        let current = labels[move.vertex]
        sizes[Int(current)] -= 1
        // An empty community has volume exactly 0, whatever the rounding errors.
        volumes[Int(current)] = sizes[Int(current)] == 0 ? 0 : volumes[Int(current)] - volume
        if move.label == nil { empty.removeLast() }
        if sizes[Int(current)] == 0 { empty.append(current) }
        labels[move.vertex] = target
        sizes[Int(target)] += 1
        volumes[Int(target)] += volume
        hasMoved = true
        return true
    }

    private func gainOfStaying(
        _ vertex: Int, _ weight: Double, in network: Network<some BinaryFloatingPoint>
    ) -> Double {
        let current = Int(labels[vertex])
        guard sizes[current] > 1 else { return weight }
        let volume = network.volumes[vertex]
        return weight - scale * volume * (volumes[current] - volume)
    }
}

/// A FIFO queue of vertices, each at most once.
struct VertexQueue {
    private var ring: [Int32]
    private var isWaiting: [Bool]
    private var head = 0
    private var count: Int

    /// - Parameter waiting: the initial content, without repeats.
    init(_ waiting: [Int32], vertexCount: Int) {
        ring = waiting + Array(repeating: 0, count: vertexCount - waiting.count)
        isWaiting = Array(repeating: false, count: vertexCount)
        for vertex in waiting { isWaiting[Int(vertex)] = true }
        count = waiting.count
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
