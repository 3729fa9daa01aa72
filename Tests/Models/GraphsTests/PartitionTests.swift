import Graphs
import LinearAlgebra
import Testing

struct PartitionTests {
    @Test func `communities are numbered by size, then by lowest vertex`() {
        let partition = Partition(labels: [7, 3, 3, 9, 9, 4])
        #expect(partition.labels == [2, 0, 0, 1, 1, 3])
        #expect(partition.sizes == [2, 2, 1, 1])
        #expect(partition.members == [[1, 2], [3, 4], [0], [5]])
    }

    @Test func `vertices without a community before start alone`() {
        #expect(Partition(following: [3, nil, 3, nil, 0]) == Partition(labels: [0, 1, 0, 2, 3]))
        #expect(Partition(following: [nil, nil]) == Partition(singletons: 2))
    }

    @Test func `NMI and ARI match the worked examples`() {
        let a = Partition(labels: [0, 0, 1, 1])
        let b = Partition(labels: [0, 0, 0, 1])
        let comparison = PartitionComparison(a, b)
        #expect(abs(comparison.normalizedMutualInformation - 0.343711) < 1e-6)
        #expect(abs(comparison.adjustedRandIndex) < 1e-12)
        let finer = PartitionComparison(Partition(labels: [0, 0, 1, 2]), a)
        #expect(abs(finer.adjustedRandIndex - 0.571429) < 1e-6)
    }

    @Test func `equal partitions have NMI and ARI 1`() {
        for labels: [Int32] in [[0, 1, 2, 1], [0, 0, 0], [0, 1, 2]] {
            let comparison = PartitionComparison(Partition(labels: labels), Partition(labels: labels.map { 9 - $0 }))
            #expect(abs(comparison.normalizedMutualInformation - 1) < 1e-12)
            #expect(abs(comparison.adjustedRandIndex - 1) < 1e-12)
        }
    }

    @Test func `random partitions have NMI and ARI near 0`() {
        var generator = SeededGenerator(seed: 4)
        let draw = { (_: Int) in Int32(generator.next(below: 5)) }
        let comparison = PartitionComparison(
            Partition(labels: (0..<20_000).map(draw)), Partition(labels: (0..<20_000).map(draw)))
        #expect(abs(comparison.adjustedRandIndex) < 0.01)
        #expect(comparison.normalizedMutualInformation < 0.01)
    }
}
