import Evaluation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct CatalogueMetricsTests {
    /// Four users and five items, the last two unrated.
    private let train = RatingMatrix(
        rows: [[(0, 4), (1, 4), (2, 4)], [(0, 4), (1, 4)], [(0, 4)], [(0, 4)]], itemCount: 5)

    @Test func `metrics match the worked example`() {
        let metrics = CatalogueMetrics(lists: [[0, 1, 4], [0, 2], [0], []], cutoff: 2, train: train)
        #expect(metrics.cutoff == 2)
        #expect(metrics.coverage == 0.6)
        #expect(metrics.gini == 0.56)
        #expect(metrics.novelty == 0.6)
        #expect(abs(metrics.diversity - 0.396447) < 1e-6)
    }

    @Test func `unrated items are novel and dissimilar to all others`() {
        let metrics = CatalogueMetrics(lists: [[3, 4], [0, 3]], cutoff: 5, train: train)
        #expect(metrics.diversity == 1)
        // Counted as one rating of four users, 2 bits each; item 0 has none.
        #expect(metrics.novelty == 1.5)
    }

    @Test func `diversity of a pair matches the worked example`() {
        let metrics = CatalogueMetrics(lists: [[1, 0]], cutoff: 2, train: train)
        #expect(abs(1 - metrics.diversity - 0.707107) < 1e-6)
    }

    @Test func `even lists have Gini 0 and a single item the maximum`() {
        let even = CatalogueMetrics(lists: [[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]], cutoff: 2, train: train)
        #expect(even.coverage == 1 && even.gini == 0)
        let single = CatalogueMetrics(lists: [[2], [2], [2]], cutoff: 1, train: train)
        #expect(single.coverage == 0.2 && single.gini == 0.8 && single.novelty == 2 && single.diversity == 0)
    }

    @Test func `empty lists give zero for every metric`() {
        let metrics = CatalogueMetrics(lists: [[], []], cutoff: 3, train: train)
        #expect(metrics.coverage == 0 && metrics.gini == 0 && metrics.novelty == 0 && metrics.diversity == 0)
        let empty = RatingMatrix(rows: [], itemCount: 0)
        #expect(CatalogueMetrics(lists: [], cutoff: 3, train: empty).coverage == 0)
    }

    /// Dense item columns, pair by pair, with unrated items and lists of all lengths.
    @Test func `metrics match their definitions on random lists`() {
        let train = RatingMatrix.random(users: 60, items: 25, density: 0.15, seed: 9)
        var generator = SeededGenerator(seed: 10)
        let lists = (0..<80).map { _ in
            Array((0..<25).shuffled(using: &generator).prefix(generator.next(below: 9)))
        }
        let cutoff = 6
        let columns = (0..<25).map { item in
            (0..<60).map { user in
                Double(train.ratings(ofUser: user).first { Int($0.0) == item }?.1 ?? 0)
            }
        }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        func cosine(_ a: [Double], _ b: [Double]) -> Double {
            let norms = (dot(a, a) * dot(b, b)).squareRoot()
            return norms > 0 ? dot(a, b) / norms : 0
        }
        var diversities: [Double] = []
        var counts = [Double](repeating: 0, count: 25)
        for list in lists.map({ Array($0.prefix(cutoff)) }) {
            for item in list { counts[item] += 1 }
            let pairs = list.indices.flatMap { i in list.indices.filter { $0 > i }.map { (list[i], list[$0]) } }
            guard !pairs.isEmpty else { continue }
            let sum = pairs.reduce(0) { $0 + cosine(columns[$1.0], columns[$1.1]) }
            diversities.append(1 - sum / Double(pairs.count))
        }
        // The Gini coefficient is half the relative mean absolute difference.
        let differences = counts.reduce(0) { sum, count in counts.reduce(sum) { $0 + abs($1 - count) } }
        let metrics = CatalogueMetrics(lists: lists, cutoff: cutoff, train: train)
        #expect(abs(metrics.diversity - diversities.reduce(0, +) / Double(diversities.count)) < 1e-12)
        #expect(abs(metrics.gini - differences / (2 * 25 * counts.reduce(0, +))) < 1e-12)
        #expect(metrics == CatalogueMetrics(lists: lists, cutoff: cutoff, train: train, threads: 4))
    }
}
