public import CKindred
import Kindred

/// A graph with communities by handle: `kindred_snapshot`.
final class HeldSnapshot: Sendable {
    let snapshot: Snapshot

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// - Throws: `Failure` for a handle of no snapshot.
    @safe static func of(_ handle: OpaquePointer?) throws(Failure) -> Snapshot {
        let held: HeldSnapshot = try Handles.object(handle, noun: "snapshot")
        return held.snapshot
    }
}

@c @implementation
public func kindred_snapshot_make(
    _ graph: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?,
    _ snapshot: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { call in
        let result = try unsafe place(snapshot, "snapshot")
        let graph = try HeldGraph.of(graph)
        let configuration = try unsafe communityConfiguration(OptionLines(options))
        let made = try GraphEngine(configuration).snapshot(of: graph.dataset, neighbors: graph.neighbors) { stage, _ in
            call.report(shareBefore(stage))
        }
        unsafe result.pointee = Handles.insert(HeldSnapshot(made))
    }
}

/// The options of all stages after the neighbors.
private func communityConfiguration(_ lines: OptionLines) throws(Failure) -> GraphConfiguration {
    var options = lines
    var configuration = GraphConfiguration()
    try options.take("combine", into: &configuration.combination)
    try options.take("communities", into: &configuration.communities)
    try options.take("resolution", into: &configuration.resolution)
    if let text = options.text("starts") {
        guard let starts = Int(text) else { throw .value("starts is \"\(text)\"; it has to be a whole number") }
        configuration.starts = starts
    }
    try options.take("seed", into: &configuration.seed)
    try options.take("stability", into: &configuration.stabilitySeeds)
    guard OptionRange.stability.contains(configuration.stabilitySeeds) else {
        throw .value("stability is \(configuration.stabilitySeeds); it has to be \(OptionRange.stability.words)")
    }
    configuration.threads = try options.threads()
    try options.requireNoOther()
    return configuration
}

extension OptionRange {
    /// Further seeds that communities are compared over.
    static let stability = 0...1_000
}

/// About the share of a snapshot's time that goes before a stage.
private func shareBefore(_ stage: GraphEngine.Stage) -> Double {
    switch stage {
    case .similarity, .graph: 0
    case .communities: 0.1
    case .profiles: 0.9
    }
}

@c @implementation
public func kindred_snapshot_free(_ snapshot: OpaquePointer?) { Handles.remove(snapshot, HeldSnapshot.self) }

@c @implementation
public func kindred_snapshot_figures_of(
    _ snapshot: OpaquePointer?, _ figures: UnsafeMutablePointer<kindred_snapshot_figures>?
) -> kindred_status {
    answer {
        let snapshot = try HeldSnapshot.of(snapshot)
        unsafe try place(figures, "figures").pointee = kindred_snapshot_figures(
            users: Int64(snapshot.graph.vertexCount), edges: Int64(snapshot.graph.edgeCount),
            communities: Int64(snapshot.communityCount), disconnected: Int64(snapshot.disconnectedCommunities),
            total_weight: snapshot.graph.totalWeight, modularity: snapshot.modularity,
            stability: snapshot.stability ?? .nan)
    }
}

@c @implementation
public func kindred_snapshot_labels(
    _ snapshot: OpaquePointer?, _ labels: UnsafeMutablePointer<Int32>?
) -> kindred_status {
    answer { unsafe copy(try HeldSnapshot.of(snapshot).partition.labels, to: try place(labels, "labels")) }
}

@c @implementation
public func kindred_snapshot_edges(
    _ snapshot: OpaquePointer?, _ sources: UnsafeMutablePointer<Int32>?, _ targets: UnsafeMutablePointer<Int32>?,
    _ weights: UnsafeMutablePointer<Float>?, _ supports: UnsafeMutablePointer<Int32>?
) -> kindred_status {
    answer {
        let snapshot = try HeldSnapshot.of(snapshot)
        for (place, edge) in snapshot.graph.edges.enumerated() {
            unsafe sources?[place] = edge.source
            unsafe targets?[place] = edge.target
            unsafe weights?[place] = edge.weight
        }
        unsafe copy(snapshot.similarity.supports, to: supports)
    }
}
