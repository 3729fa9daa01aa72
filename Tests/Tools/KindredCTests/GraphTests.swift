import CKindred
import Foundation
import Kindred
import TestSupport
import Testing

/// The graph by the functions of C, held against the engine's.
struct GraphTests {
    private let matrix = RatingMatrix.random(users: 120, items: 60, density: 0.25, seed: 3)

    private func expected(_ change: (inout GraphConfiguration) -> Void = { _ in }) throws -> Snapshot {
        var configuration = GraphConfiguration()
        configuration.similarity.neighbors = 10
        change(&configuration)
        return try GraphEngine(configuration).snapshot(of: Dataset(ratings: matrix, source: "ratings"))
    }

    /// The graph of the ratings; the caller frees it.
    private func graph(_ handles: Handles, _ options: String) throws -> OpaquePointer? {
        var graph: OpaquePointer?
        try #require(unsafe kindred_graph_make(handles.ratings, options, handles.call, &graph) == 0, "\(handles.error)")
        return unsafe graph
    }

    @Test(arguments: ["cosine", "centered", "baseline"], [1, 2])
    func `neighbors are the engine's`(_ measure: String, _ threads: Int) throws {
        let expected = try expected {
            $0.similarity.measure = .init(rawValue: measure) ?? .cosine
            $0.similarity.shrinkage = 5
            $0.similarity.minSupport = 2
        }.neighbors
        let handles = try Handles(matrix)
        let graph = try unsafe graph(
            handles, "neighbors=10\nmeasure=\(measure)\nshrinkage=5\nmin-support=2\nthreads=\(threads)")
        defer { unsafe kindred_graph_free(graph) }
        var (users, count): (Int64, Int64) = (0, 0)
        #expect(unsafe kindred_graph_size(graph, &users, &count) == 0)
        #expect(users == 120 && Int(count) == expected.neighbors.count)
        var offsets = [Int64](repeating: -1, count: 121)
        var neighbors = [Int32](repeating: -1, count: Int(count))
        var similarities = [Float](repeating: -1, count: Int(count))
        var supports = [Int32](repeating: -1, count: Int(count))
        #expect(unsafe kindred_graph_neighbors(graph, &offsets, &neighbors, &similarities, &supports) == 0)
        #expect(offsets.map(Int.init) == expected.offsets)
        #expect(neighbors == expected.neighbors)
        #expect(similarities.map(\.bitPattern) == expected.similarities.map(\.bitPattern))
        #expect(supports == expected.supports)
        #expect(unsafe kindred_graph_neighbors(graph, nil, nil, nil, nil) == 0)
    }

    @Test func `bad options are refused with the engine's words`() throws {
        let handles = try Handles(matrix)
        var graph: OpaquePointer?
        let cases = [
            ("measure=jaccard", "measure is \"jaccard\"; it has to be one of cosine, centered, baseline"),
            ("shrinkage=-1", "shrinkage is -1.0; it has to be 0 to 1,000,000,000"),
            ("shrinkage=nan", "shrinkage is nan; it has to be 0 to 1,000,000,000"),
            ("min-similarity=2", "min-similarity is 2.0; it has to be 0 to 1"),
            ("neighbours=3", "there is no option \"neighbours\"; there are item-weights, measure, memory-limit"),
        ]
        for (options, message) in cases {
            #expect(unsafe kindred_graph_make(handles.ratings, options, handles.call, &graph) == 1)
            #expect(handles.error.hasPrefix(message), "\(handles.error)")
        }
        #expect(unsafe kindred_graph_make(handles.ratings, "memory-limit=10", handles.call, &graph) == 2)
        #expect(handles.error.contains("memory limit"))
    }

    @Test func `communities and edges are the engine's`() throws {
        let expected = try expected {
            $0.combination = .mutual
            $0.resolution = 1.5
            $0.seed = 7
            $0.stabilitySeeds = 2
        }
        let handles = try Handles(matrix)
        let graph = try unsafe graph(handles, "neighbors=10")
        defer { unsafe kindred_graph_free(graph) }
        var snapshot: OpaquePointer?
        let options = "combine=mutual\nresolution=1.5\nseed=7\nstability=2"
        #expect(unsafe kindred_snapshot_make(graph, options, handles.call, &snapshot) == 0)
        defer { unsafe kindred_snapshot_free(snapshot) }
        var figures = kindred_snapshot_figures()
        #expect(unsafe kindred_snapshot_figures_of(snapshot, &figures) == 0)
        #expect(figures.users == 120)
        #expect(figures.modularity == expected.modularity)
        #expect(figures.stability == expected.stability)
        #expect(figures.total_weight == expected.graph.totalWeight)
        #expect(Int(figures.communities) == expected.communityCount)
        var labels = [Int32](repeating: -1, count: 120)
        #expect(unsafe kindred_snapshot_labels(snapshot, &labels) == 0)
        #expect(labels == expected.partition.labels)
        let count = Int(figures.edges)
        var (sources, targets, supports) = (
            [Int32](repeating: -1, count: count), [Int32](repeating: -1, count: count),
            [Int32](repeating: -1, count: count)
        )
        var weights = [Float](repeating: -1, count: count)
        #expect(unsafe kindred_snapshot_edges(snapshot, &sources, &targets, &weights, &supports) == 0)
        let edges = Array(expected.graph.edges)
        #expect(sources == edges.map(\.source) && targets == edges.map(\.target) && weights == edges.map(\.weight))
        #expect(supports == expected.similarity.supports)
    }

    @Test func `without communities every user is alone`() throws {
        let handles = try Handles(matrix)
        let graph = try unsafe graph(handles, "neighbors=10")
        defer { unsafe kindred_graph_free(graph) }
        var snapshot: OpaquePointer?
        #expect(unsafe kindred_snapshot_make(graph, "communities=none", handles.call, &snapshot) == 0)
        defer { unsafe kindred_snapshot_free(snapshot) }
        var figures = kindred_snapshot_figures()
        #expect(unsafe kindred_snapshot_figures_of(snapshot, &figures) == 0)
        #expect(figures.communities == 120 && figures.stability.isNaN)
        #expect(unsafe kindred_snapshot_make(graph, "stability=-1", handles.call, &snapshot) == 1)
        #expect(unsafe kindred_snapshot_make(graph, "starts=two", handles.call, &snapshot) == 1)
        #expect(unsafe kindred_snapshot_make(graph, "resolution=0", handles.call, &snapshot) == 1)
    }

    @Test func `files are the exports of the engine's snapshot`() throws {
        let folder = try Scratch()
        let expected = try expected()
        try expected.export(to: folder.path("expected"), formats: [.csv, .npy, .graphML])
        let handles = try Handles(matrix)
        let graph = try unsafe graph(handles, "neighbors=10")
        defer { unsafe kindred_graph_free(graph) }
        var snapshot: OpaquePointer?
        #expect(unsafe kindred_snapshot_make(graph, nil, handles.call, &snapshot) == 0)
        defer { unsafe kindred_snapshot_free(snapshot) }
        #expect(
            unsafe kindred_snapshot_write(snapshot, folder.path("found"), "csv,npy,graphml", nil, handles.call) == 0)
        #expect(
            unsafe kindred_snapshot_write_file(snapshot, folder.path("a.xml"), "graphml", nil, handles.call) == 0)
        let manager = FileManager.default
        for name in ["users.csv", "edges.csv", "communities.csv", "neighbors.npy", "communities.npy", "graph.graphml"] {
            let bytes = try #require(manager.contents(atPath: folder.path("expected/\(name)")))
            #expect(manager.contents(atPath: folder.path("found/\(name)")) == bytes, "\(name)")
        }
        #expect(
            manager.contents(atPath: folder.path("a.xml"))
                == manager.contents(atPath: folder.path("expected/graph.graphml")))
        #expect(unsafe kindred_snapshot_write(snapshot, folder.path("b"), "csv,xls", nil, handles.call) == 1)
        #expect(handles.error.contains("there is no format \"xls\""))
        #expect(unsafe kindred_snapshot_write_file(snapshot, folder.path("b"), "csv", nil, handles.call) == 1)
        #expect(unsafe kindred_snapshot_write(snapshot, "", "csv", nil, handles.call) == 1)
        #expect(unsafe kindred_snapshot_write(snapshot, "/dev/null/x", "csv", nil, handles.call) == 4)
        #expect(
            unsafe kindred_snapshot_write_file(snapshot, folder.path("no/a.xml"), "graphml", nil, handles.call) == 4)
    }
}
