import Graphs
import LinearAlgebra
import TestSupport
import Testing

/// The contract of every detector.
struct CommunityDetectorTests {
    static let detectors: [any CommunityDetector] = [Leiden(), Louvain(), LabelPropagation()]
    static let qualityDetectors: [any CommunityDetector] = [Leiden(), Louvain()]

    private func detect(_ detector: any CommunityDetector, _ graph: Graph, seed: UInt64 = 1) -> Partition {
        var generator = SeededGenerator(seed: seed)
        return detector.detect(in: graph, using: &generator)
    }

    @Test(arguments: detectors)
    func `every vertex has a label and labels are dense`(_ detector: any CommunityDetector) {
        for seed in 1...5 {
            let graph = Graph.planted(groups: 4, size: 10, inside: 0.5, outside: 0.05, seed: UInt64(seed))
            let partition = detect(detector, graph, seed: UInt64(seed))
            #expect(partition.labels.count == graph.vertexCount)
            #expect(Set(partition.labels) == Set(0..<Int32(partition.communityCount)))
            #expect(partition.sizes.reduce(0, +) == graph.vertexCount)
        }
    }

    @Test(arguments: detectors)
    func `isolated vertices form singleton communities`(_ detector: any CommunityDetector) {
        let partition = detect(detector, Graph(6, [(1, 2), (2, 4), (1, 4)]))
        #expect(partition.sizes == [3, 1, 1, 1])
        #expect(detect(detector, Graph(3, [])).sizes == [1, 1, 1])
        #expect(detect(detector, Graph(0, [])).communityCount == 0)
    }

    @Test(arguments: detectors)
    func `same seed gives the same partition`(_ detector: any CommunityDetector) {
        let graph = Graph.planted(groups: 5, size: 20, inside: 0.3, outside: 0.05, seed: 3)
        #expect(detect(detector, graph, seed: 8) == detect(detector, graph, seed: 8))
    }

    /// Large enough for moves in blocks, visits in runs and several chunks of rows.
    @Test(arguments: [1.0, 3.0])
    func `partition is identical at any thread count`(_ resolution: Double) {
        let graph = Graph.planted(groups: 25, size: 180, inside: 0.1, outside: 0.002, seed: 4)
        let leiden = (1...5).map { detect(Leiden(resolution: resolution, threads: $0), graph) }
        #expect(leiden.allSatisfy { $0 == leiden[0] })
        let louvain = (1...5).map { detect(Louvain(resolution: resolution, threads: $0), graph) }
        #expect(louvain.allSatisfy { $0 == louvain[0] })
    }

    @Test(arguments: detectors)
    func `disconnected cliques are found`(_ detector: any CommunityDetector) {
        let graph = Graph.planted(groups: 4, size: 8, inside: 1, outside: 0, seed: 1)
        #expect(detect(detector, graph).labels == (0..<32).map { Int32($0 / 8) })
    }

    @Test(arguments: qualityDetectors)
    func `planted groups are found`(_ detector: any CommunityDetector) {
        let graph = Graph.planted(groups: 6, size: 25, inside: 0.4, outside: 0.02, seed: 7)
        let planted = Partition(labels: (0..<150).map { Int32($0 / 25) })
        // Louvain does not refine, so a vertex or two may stay where they went first.
        let agreement = PartitionComparison(detect(detector, graph), planted)
        #expect(agreement.normalizedMutualInformation >= (detector is Leiden ? 1 : 0.95))
    }

    /// A local optimum: better than singletons, and no merge improves it.
    @Test(arguments: qualityDetectors)
    func `merging two communities never raises modularity`(_ detector: any CommunityDetector) {
        for seed in 1...10 {
            let graph = Graph.planted(groups: 4, size: 12, inside: 0.4, outside: 0.1, seed: UInt64(seed))
            let partition = detect(detector, graph, seed: UInt64(seed))
            let quality = modularity(of: partition, in: graph)
            #expect(quality > modularity(of: Partition(singletons: graph.vertexCount), in: graph))
            for a in 0..<Int32(partition.communityCount) {
                for b in 0..<a {
                    let merged = Partition(labels: partition.labels.map { $0 == a ? b : $0 })
                    #expect(modularity(of: merged, in: graph) <= quality + 1e-12)
                }
            }
        }
    }

    @Test(arguments: [0.25, 1, 4])
    func `higher resolution gives at least as many communities`(_ resolution: Double) {
        let graph = Graph.planted(groups: 8, size: 10, inside: 0.6, outside: 0.05, seed: 5)
        let count = { (detector: any CommunityDetector) in self.detect(detector, graph).communityCount }
        #expect(count(Leiden(resolution: resolution)) <= count(Leiden(resolution: 2 * resolution)))
        #expect(count(Louvain(resolution: resolution)) <= count(Louvain(resolution: 2 * resolution)))
    }
}
