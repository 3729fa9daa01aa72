import Evaluation
import LinearAlgebra
import Testing

struct ModelOverlapTests {
    @Test func `overlap of three users matches hand-computed values`() {
        let overlap = ModelOverlap(
            first: "A", second: "B", cutoff: 3,
            lists: [([0, 1, 2, 9], [1, 5, 6, 9]), ([4, 3, 2], [4, 3, 2]), ([7], [8])])
        #expect(overlap.first == "A" && overlap.second == "B" && overlap.cutoff == 3 && overlap.userCount == 3)
        // One shared item of five, all of three, none of two; item 9 is beyond the cut-off.
        #expect(abs(overlap.jaccard - (0.2 + 1 + 0) / 3) < 1e-12)
        #expect(overlap.sharedCounts == [1, 1, 0, 1])
    }

    @Test func `overlap without users is zero`() {
        let overlap = ModelOverlap(first: "A", second: "B", cutoff: 2, lists: [])
        #expect(overlap.userCount == 0 && overlap.jaccard == 0 && overlap.rankBiasedOverlap == 0)
        #expect(overlap.sharedCounts == [0, 0, 0])
    }

    @Test func `overlap averages over users and counts shared items`() {
        var generator = SeededGenerator(seed: 5)
        let lists = (0..<50).map { _ in
            (
                first: Array((0..<15).shuffled(using: &generator).prefix(10)),
                second: Array((0..<15).shuffled(using: &generator).prefix(generator.next(below: 11)))
            )
        }
        let overlap = ModelOverlap(first: "A", second: "B", cutoff: 6, lists: lists)
        let singles = lists.map { ListOverlap(Array($0.first.prefix(6)), Array($0.second.prefix(6))) }
        #expect(abs(overlap.jaccard - singles.reduce(0) { $0 + $1.jaccard } / 50) < 1e-12)
        #expect(abs(overlap.rankBiasedOverlap - singles.reduce(0) { $0 + $1.rankBiasedOverlap } / 50) < 1e-12)
        for shared in 0...6 {
            let users = lists.count { pair in
                pair.first.prefix(6).count { pair.second.prefix(6).contains($0) } == shared
            }
            #expect(overlap.sharedCounts[shared] == users)
        }
        #expect(overlap.sharedCounts.reduce(0, +) == 50)
    }
}
