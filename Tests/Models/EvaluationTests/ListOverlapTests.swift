import Evaluation
import LinearAlgebra
import Testing

struct ListOverlapTests {
    @Test func `overlap matches the worked example`() {
        let overlap = ListOverlap([0, 1, 2], [1])
        #expect(abs(overlap.jaccard - 0.333333) < 1e-6)
        #expect(abs(overlap.rankBiasedOverlap - 0.315) < 1e-12)
    }

    /// `rbo.RankingSimilarity(first, second).rbo_ext(p=p)` of the package rbo 0.1.3.
    @Test func `rank-biased overlap matches the rbo package`() {
        let uneven = ListOverlap([0, 1, 2, 3, 4], [1, 0, 7, 3])
        #expect(abs(uneven.rankBiasedOverlap - 0.69075) < 1e-12 && uneven.jaccard == 0.5)
        let patient = ListOverlap([0, 1, 2, 3, 4], [1, 0, 7, 3], persistence: 0.98)
        #expect(abs(patient.rankBiasedOverlap - 0.7382993333333333) < 1e-12)
        let shuffled = ListOverlap([5, 3, 9, 1], [3, 5, 1, 9], persistence: 0.8)
        #expect(abs(shuffled.rankBiasedOverlap - 0.7573333333333334) < 1e-12 && shuffled.jaccard == 1)
    }

    @Test func `equal lists overlap fully and disjoint or empty ones not at all`() {
        #expect(ListOverlap([], []) == ListOverlap([4], [4]))
        for length in [1, 2, 10, 50] {
            let equal = ListOverlap(Array(0..<length), Array(0..<length))
            #expect(equal.jaccard == 1 && abs(equal.rankBiasedOverlap - 1) < 1e-12)
            let apart = ListOverlap(Array(0..<length), Array(100..<103))
            #expect(apart.jaccard == 0 && apart.rankBiasedOverlap == 0)
            let empty = ListOverlap([], Array(0..<length))
            #expect(empty.jaccard == 0 && empty.rankBiasedOverlap == 0)
        }
    }

    @Test func `agreement at the top weighs most`() {
        let top = ListOverlap([1, 2, 3, 4], [1, 2, 8, 9]).rankBiasedOverlap
        let bottom = ListOverlap([1, 2, 3, 4], [8, 9, 3, 4]).rankBiasedOverlap
        #expect(top > bottom)
    }

    /// (1 − p)·Σ_d p^(d − 1)·A_d as in the paper, with the agreement extrapolated beyond the lists.
    @Test func `rank-biased overlap equals its series and is symmetric`() {
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<100 {
            let first = Array((0..<12).shuffled(using: &generator).prefix(1 + generator.next(below: 10)))
            let second = Array((0..<12).shuffled(using: &generator).prefix(1 + generator.next(below: 10)))
            let (short, long) = first.count < second.count ? (first, second) : (second, first)
            func shared(_ depth: Int) -> Double {
                Double(Set(short.prefix(depth)).intersection(long.prefix(depth)).count)
            }
            var sum = 0.0
            var weight = 0.2
            var agreement = 0.0
            for depth in 1...400 {
                if depth <= long.count {
                    let unseen = Double(max(0, depth - short.count))
                    agreement = (shared(depth) + unseen * shared(short.count) / Double(short.count)) / Double(depth)
                }
                sum += weight * agreement
                weight *= 0.8
            }
            let overlap = ListOverlap(first, second, persistence: 0.8)
            #expect(abs(overlap.rankBiasedOverlap - sum) < 1e-12)
            #expect(overlap == ListOverlap(second, first, persistence: 0.8))
            let both = Set(first).intersection(second)
            #expect(overlap.jaccard == Double(both.count) / Double(Set(first + second).count))
        }
    }
}
