import Graphs
import LinearAlgebra
import TestSupport
import Testing

struct CommunityNumbersTests {
    private func numbers(_ labels: [Int32], following before: [Int32?]) -> [Int32] {
        let partition = Partition(labels: labels)
        return CommunityNumbers(partition, following: before).ofVertices(of: partition)
    }

    @Test func `numbers stay as in the worked example`() {
        #expect(numbers([0, 0, 1, 1, 1], following: [0, 0, 0, 1, 1]) == [0, 0, 1, 1, 1])
        #expect(numbers([0, 0, 0, 0, 0], following: [0, 0, 0, 1, 1]) == [0, 0, 0, 0, 0])
    }

    @Test func `a first partition has its labels`() {
        let partition = Partition(labels: [4, 2, 2])
        #expect(CommunityNumbers(partition).ofVertices(of: partition) == [1, 0, 0])
    }

    /// Labels go by size: the growth of a community renames all others.
    @Test func `numbers stay when sizes change`() {
        let before: [Int32?] = [0, 0, 0, 1, 1, 2]
        #expect(
            numbers([0, 0, 0, 1, 1, 2, 2, 2, 2, 2], following: before + [nil, nil, nil, nil]) == [
                0, 0, 0, 1, 1, 2, 2, 2, 2, 2,
            ])
    }

    @Test func `a number that disappears is free for the next new community`() {
        // 1 joins 0; 2 stays, though there are only two communities.
        #expect(numbers([0, 0, 0, 0, 1, 1], following: [0, 0, 1, 1, 2, 2]) == [0, 0, 0, 0, 2, 2])
        // New vertices among themselves take 1, the smallest free number, and then 3.
        #expect(
            numbers([0, 0, 1, 1, 2, 2, 3], following: [0, 0, 2, 2, nil, nil, nil]) == [0, 0, 2, 2, 1, 1, 3])
    }

    @Test func `the larger part of a split keeps the number`() {
        #expect(numbers([1, 1, 0, 0, 0], following: [7, 7, 7, 7, 7]) == [0, 0, 7, 7, 7])
        // Equal parts: the lower label, of the lower vertex.
        #expect(numbers([0, 0, 1, 1], following: [7, 7, 7, 7]) == [7, 7, 0, 0])
    }

    @Test func `the same partition keeps all numbers, in any order of labels`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            let labels = (0..<60).map { _ in Int32(generator.next(below: 9)) }
            let partition = Partition(labels: labels)
            let renamed = labels.map { 100 - $0 }
            #expect(CommunityNumbers(partition, following: renamed).ofVertices(of: partition) == renamed)
        }
    }

    @Test func `numbers are distinct, and labels are found by them`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<50 {
            let before = (0..<40).map { _ in generator.next(below: 4) == 0 ? nil : Int32(generator.next(below: 12)) }
            let partition = Partition(labels: (0..<40).map { _ in Int32(generator.next(below: 12)) })
            let numbers = CommunityNumbers(partition, following: before)
            #expect(Set(numbers.numbers).count == partition.communityCount)
            for (label, number) in numbers.numbers.enumerated() { #expect(numbers.label(of: number) == Int32(label)) }
            #expect(numbers.label(of: 1000) == nil)
        }
    }
}
