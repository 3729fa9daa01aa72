import Graphs
import TestSupport
import Testing

struct CommunityCoresTests {
    /// The worked example: communities of 6 and 3 vertices, 3 cores in total.
    @Test func `cores are shared in proportion to community size`() {
        let star = (1..<6).map { (0, $0) } + [(1, 2)]
        let graph = Graph(9, star + [(6, 7), (6, 8)])
        let partition = Partition(labels: [0, 0, 0, 0, 0, 0, 1, 1, 1])
        #expect(communityCores(of: partition, in: graph, count: 3, communities: 8) == [0, 1, 6])
        #expect(communityCores(of: partition, in: graph, count: 2, communities: 1) == [0, 1])
        #expect(communityCores(of: partition, in: graph, count: 100, communities: 8).count == 9)
    }

    @Test func `only edges inside the community make a core`() {
        let graph = Graph(6, [(0, 1), (1, 2), (0, 3), (0, 4), (0, 5), (3, 4), (4, 5)])
        let partition = Partition(labels: [0, 0, 0, 1, 1, 1])
        #expect(communityCores(of: partition, in: graph, count: 2, communities: 2) == [1, 4])
    }

    @Test func `every shown community has at least one core`() {
        let graph = Graph.planted(groups: 5, size: 20, inside: 0.5, outside: 0.02, seed: 3)
        let labels = (0..<100).map { Int32($0 < 90 ? 0 : $0 - 89) }
        let partition = Partition(labels: labels)
        let cores = communityCores(of: partition, in: graph, count: 20, communities: 8)
        #expect(cores.count == Set(cores).count && cores.count <= 20)
        #expect(Set(cores.map { partition.labels[$0] }).count == 8)
    }

    @Test func `empty graph has no cores`() {
        #expect(
            communityCores(of: Partition(labels: []), in: Graph(0, []), count: 5, communities: 5).isEmpty)
    }
}
