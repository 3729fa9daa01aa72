import Engine
import Factorization
import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct ExplanationTextTests {
    /// Four items, of which two have titles.
    private let text = ExplanationText(
        Dataset(
            ratings: RatingMatrix(
                users: Vocabulary(["100", "200", "300", "400", "500"]), items: Vocabulary(["10", "20", "30", "40"]),
                byUser: SparseMatrix(columns: 4, rowOffsets: [0, 0, 0, 0, 0, 0], columnIndices: [], values: [])),
            items: ItemCatalog(
                titles: ["Heat (1995)", nil, "Brazil (1985)", nil], genreNames: [], genres: [[], [], [], []])))

    /// Items 0 and 1 are liked by the same, as are 2 and 3; one user likes 0 and 2.
    private let pairs = RatingMatrix(
        rows: [[(0, 5), (1, 5)], [(0, 4.5), (1, 5)], [(2, 5), (3, 5)], [(2, 4), (3, 4)], [(0, 5), (2, 4)]], itemCount: 4
    )

    private func explanation(
        _ kind: ModelKind, _ item: Int, _ own: [(item: Int, rating: Float)], _ ratings: RatingMatrix? = nil
    ) throws -> Explanation {
        var configuration = ModelConfiguration()
        configuration.ease.regularization = 1
        let model = try kind.fit(Dataset(ratings: ratings ?? pairs), configuration)
        return try #require(try model.explanation(of: item, user: nil, ratings: UserRatings(own)))
    }

    @Test func distributionIsARatingAndItsDeviation() {
        let cases: [(Double, Double, String)] = [
            (3.456, 0.789, "3.46 ± 0.79"), (4, 1, "4.00 ± 1.00"), (-0.204, 0.05, "−0.20 ± 0.05"),
            (-0.004, 10.996, "0.00 ± 11.00"),
        ]
        for (mean, deviation, expected) in cases {
            let distribution = Explanation.distribution(
                RatingDistribution(mean: mean, standardDeviation: deviation))
            #expect(text.short(distribution) == expected && text.lines(distribution) == [expected])
        }
    }

    /// XᵀX = 2·1.3² everywhere and λ = 1: the weight is 3.38/4.38, and the rating of strength 1.3 counts 1.0032.
    @Test func contributionsNameTheRatings() throws {
        let both = RatingMatrix(rows: [[(0, 5), (1, 5)], [(0, 5), (1, 5)]], itemCount: 2)
        let reason = try explanation(.ease, 1, [(0, 5)], both)
        #expect(text.short(reason) == "because of Heat (1995) (5)")
        #expect(text.lines(reason) == ["+1.0032  Heat (1995), rated 5"])
        let untitled = try explanation(.ease, 0, [(1, 4.5)], both)
        #expect(text.short(untitled) == "because of 20 (4.5)")
    }

    @Test func linesAreSignedAndAtMostSoMany() throws {
        // Item 0 was liked with item 1 twice, and once with item 2, which leaves less for item 1.
        let reason = try explanation(.ease, 1, [(0, 5), (2, 4.5), (3, 4)])
        guard case .contributions(let parts) = reason else {
            Issue.record("no contributions")
            return
        }
        #expect(parts.map(\.item).first == 0 && (parts.last?.value ?? 0) < 0)
        let lines = text.lines(reason)
        #expect(lines.count == 3 && lines[0].hasPrefix("+0.") && lines[0].hasSuffix("  Heat (1995), rated 5"))
        #expect(lines[2].hasPrefix("−0."))
        #expect(text.lines(reason, count: 2) == Array(lines.prefix(2)))
    }

    @Test func whatSpeaksAgainstIsNoReason() throws {
        let reason = try explanation(.ease, 1, [(2, 5)])
        guard case .contributions(let parts) = reason else {
            Issue.record("no contributions")
            return
        }
        #expect(parts.count == 1 && parts[0].value < 0)
        #expect(text.short(reason) == "what most users like")
        #expect(text.short(.contributions([])) == "what most users like" && text.lines(.contributions([])).isEmpty)
    }

    @Test func neighborsAreNamedWithTheirRatings() throws {
        let reason = try explanation(.knn, 0, [(1, 5)])
        guard case .neighbors(let evidence) = reason, evidence.count == 2 else {
            Issue.record("\(reason)")
            return
        }
        // Both have rated item 1; the one nearer by rating and likeness comes first.
        let ids = evidence.map { ["100", "200"][Int($0.neighbor.user)] }
        let ratings = evidence.map { $0.rating == 5 ? "5" : "4.5" }
        #expect(text.short(reason) == "user \(ids[0]) rated it \(ratings[0]) and 1 more like you")
        let lines = text.lines(reason)
        #expect(lines.count == 2 && lines[1].hasPrefix("user \(ids[1]) rated it \(ratings[1]); similarity 0."))
        #expect(lines[1].hasSuffix(", 1 items in common"))
        #expect(text.lines(reason, count: 1) == [lines[0], "and 1 more neighbors"])
        #expect(text.short(.neighbors([])) == "what most users rated" && text.lines(.neighbors([])).isEmpty)
    }
}
