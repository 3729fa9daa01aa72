import Neighbors
import Ratings
import TestSupport
import Testing

struct SimilarItemsTests {
    @Test func `nearest items match the definition over all pairs`() {
        let ratings = RatingMatrix.random(users: 60, items: 25, density: 0.3, seed: 5)
        let similar = SimilarItems(ratings, shrinkage: 3)
        let rows = (0..<25).map { item in (0..<60).map { Double(ratings.rating(user: $0, item: item) ?? 0) } }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        for item in 0..<25 {
            let expected = (0..<25).filter { $0 != item && dot(rows[item], rows[$0]) > 0 }.map { other in
                let support = Double(zip(rows[item], rows[other]).count { $0.0 > 0 && $0.1 > 0 })
                let cosine =
                    dot(rows[item], rows[other])
                    / (dot(rows[item], rows[item]) * dot(rows[other], rows[other])).squareRoot()
                return (item: other, similarity: cosine * support / (support + 3), support: support)
            }
            let found = similar.nearest(to: item, count: 25)
            #expect(found.count == expected.count)
            for near in found {
                let other = expected.first { $0.item == near.item }
                #expect(abs(Double(near.similarity) - (other?.similarity ?? -1)) < 1e-6)
                #expect(Double(near.support) == other?.support)
            }
            #expect(zip(found, found.dropFirst()).allSatisfy { ($1.similarity, $0.item) < ($0.similarity, $1.item) })
            #expect(similar.nearest(to: item, count: 4) == Array(found.prefix(4)))
        }
    }

    @Test func `similarity matches the worked example`() {
        let ratings = RatingMatrix(rows: [[(0, 5), (1, 4)], [(0, 4), (1, 4)]], itemCount: 2)
        #expect(abs(SimilarItems(ratings).nearest(to: 0, count: 1)[0].similarity - 0.165647) < 1e-6)
    }

    @Test func `unrated items have no neighbors`() {
        let ratings = RatingMatrix(rows: [[(0, 5), (1, 4)]], itemCount: 3)
        #expect(SimilarItems(ratings).nearest(to: 2, count: 5).isEmpty)
    }
}
