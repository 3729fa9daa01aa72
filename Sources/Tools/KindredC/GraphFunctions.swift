public import CKindred
import Kindred

/// Neighbors by handle: `kindred_graph`.
final class HeldGraph: Sendable {
    let dataset: Dataset
    let neighbors: NeighborTable

    init(_ dataset: Dataset, _ neighbors: NeighborTable) {
        self.dataset = dataset
        self.neighbors = neighbors
    }

    /// - Throws: `Failure` for a handle of no graph.
    @safe static func of(_ handle: OpaquePointer?) throws(Failure) -> HeldGraph {
        try Handles.object(handle, noun: "graph")
    }
}

@c @implementation
public func kindred_graph_make(
    _ ratings: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?,
    _ graph: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { call in
        let result = try unsafe place(graph, "graph")
        let dataset = try HeldRatings.of(ratings).dataset
        let configuration = try unsafe graphConfiguration(OptionLines(options))
        let neighbors = try GraphEngine(configuration).neighbors(of: dataset.ratings) { call.report($0) }
        unsafe result.pointee = Handles.insert(HeldGraph(dataset, neighbors))
    }
}

/// The options of the similarity stage.
private func graphConfiguration(_ lines: OptionLines) throws(Failure) -> GraphConfiguration {
    var options = lines
    var configuration = GraphConfiguration()
    try options.take("neighbors", into: &configuration.similarity.neighbors)
    try options.takeMeasure(into: &configuration.similarity)
    try options.take("products", into: &configuration.products)
    var limit = -1
    try options.take("memory-limit", into: &limit)
    configuration.memoryLimit = limit < 0 ? availableMemory : limit
    configuration.threads = try options.threads()
    try options.requireNoOther()
    return configuration
}

extension OptionLines {
    /// How near two users are, and who counts as a neighbor.
    mutating func takeMeasure(into configuration: inout SimilarityConfiguration) throws(Failure) {
        try take("measure", into: &configuration.measure)
        try take("norms", into: &configuration.norms)
        try take("min-support", into: &configuration.minSupport)
        try take("min-similarity", into: &configuration.minSimilarity)
        try take("shrinkage", into: &configuration.shrinkage)
        try take("item-weights", into: &configuration.itemWeights)
    }
}

@c @implementation
public func kindred_graph_free(_ graph: OpaquePointer?) { Handles.remove(graph, HeldGraph.self) }

@c @implementation
public func kindred_graph_size(
    _ graph: OpaquePointer?, _ users: UnsafeMutablePointer<Int64>?, _ neighbors: UnsafeMutablePointer<Int64>?
) -> kindred_status {
    answer {
        let table = try HeldGraph.of(graph).neighbors
        unsafe users?.pointee = Int64(table.userCount)
        unsafe neighbors?.pointee = Int64(table.neighbors.count)
    }
}

@c @implementation
public func kindred_graph_neighbors(
    _ graph: OpaquePointer?, _ offsets: UnsafeMutablePointer<Int64>?, _ neighbors: UnsafeMutablePointer<Int32>?,
    _ similarities: UnsafeMutablePointer<Float>?, _ supports: UnsafeMutablePointer<Int32>?
) -> kindred_status {
    answer {
        let table = try HeldGraph.of(graph).neighbors
        unsafe copy(table.offsets.lazy.map(Int64.init), to: offsets)
        unsafe copy(table.neighbors, to: neighbors)
        unsafe copy(table.similarities, to: similarities)
        unsafe copy(table.supports, to: supports)
    }
}

/// Copies values into an array of C that has room for them; nothing for NULL.
func copy<Values: Collection>(_ values: Values, to array: UnsafeMutablePointer<Values.Element>?) {
    guard let array = unsafe array else { return }
    _ = unsafe UnsafeMutableBufferPointer(start: array, count: values.count).update(from: values)
}
