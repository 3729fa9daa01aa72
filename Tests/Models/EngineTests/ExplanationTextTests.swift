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
        configuration.relevance = 4
        let model = try kind.fit(Dataset(ratings: ratings ?? pairs), configuration)
        return try #require(try model.explanation(of: item, for: Person(guest: UserRatings(own))))
    }

    @Test func `a distribution is a rating and its deviation`() {
        let cases: [(Double, Double, String)] = [
            (3.456, 0.789, "expected 3.46 stars, give or take 0.79"), (4, 1, "expected 4.00 stars, give or take 1.00"),
            (-0.204, 0.05, "expected −0.20 stars, give or take 0.05"),
        ]
        for (mean, deviation, expected) in cases {
            let distribution = RatingDistribution(mean: mean, standardDeviation: deviation)
            #expect(text.lines(.distribution(distribution)) == [expected])
        }
    }

    @Test func `contributions in stars say which rating adds or takes how much`() {
        let reason = Explanation.stars([
            .init(item: 0, rating: 5, value: 0.214), .init(item: 1, rating: 4.5, value: 0.004),
            .init(item: 2, rating: 1, value: -0.1),
        ])
        #expect(
            text.lines(reason) == [
                "because you gave 5 to Heat (1995): +0.21 stars", "although you gave 1 to Brazil (1985): −0.10 stars",
            ])
        #expect(text.lines(reason, count: 1) == ["because you gave 5 to Heat (1995): +0.21 stars"])
    }

    /// XᵀX = 2·1.3² everywhere and λ = 1, so the only rating makes up the whole score.
    @Test func `contributions to a score are shares of it`() throws {
        let both = RatingMatrix(rows: [[(0, 5), (1, 5)], [(0, 5), (1, 5)]], itemCount: 2)
        #expect(text.lines(try explanation(.ease, 1, [(0, 5)], both)) == ["because you gave 5 to Heat (1995): 100 %"])
        #expect(text.lines(try explanation(.ease, 0, [(1, 4.5)], both)) == ["because you gave 4.5 to 20: 100 %"])
        // Item 0 was liked with item 1 twice, and once with item 2, which leaves less for item 1.
        let lines = text.lines(try explanation(.ease, 1, [(0, 5), (2, 4.5), (3, 4)]))
        #expect(lines[0].hasPrefix("because you gave 5 to Heat (1995): "))
        #expect(lines.last?.hasPrefix("although you gave ") == true && lines.last?.hasSuffix(" %") == true)
    }

    @Test func `an item without reasons is popular`() {
        let popular = ["popular with most users"]
        #expect(text.lines(.stars([])) == popular && text.lines(.shares([])) == popular)
        #expect(text.lines(.shares([.init(item: 0, rating: 5, value: 0)])) == popular)
        #expect(text.lines(.neighbors(ItemEvidence(neighborCount: 0, raters: []))) == popular)
    }

    @Test func `neighbors are counted, and named only on demand`() throws {
        let reason = try explanation(.knn, 0, [(1, 5)])
        guard case .neighbors(let evidence) = reason, evidence.raters.count == 2 else {
            Issue.record("\(reason)")
            return
        }
        let summary = "2 of the \(evidence.neighborCount) people most like you rated it: 4.75 stars on average"
        #expect(text.lines(reason) == [summary])
        let grouped = ExplanationText(Dataset(ratings: pairs), fewest: 3).lines(reason)
        #expect(grouped == ["some of the people most like you rated it"])
        #expect(ExplanationText(Dataset(ratings: pairs), fewest: 2).lines(reason) == [summary])
        let named = ExplanationText(Dataset(ratings: pairs), namesUsers: true).lines(reason)
        // Both have rated item 1; the one nearer by rating and likeness comes first.
        let first = evidence.raters[0]
        #expect(named.count == 3 && named[0] == summary)
        #expect(named[1].hasPrefix("user \(first.neighbor.user) gave it "))
        #expect(named[1].hasSuffix(", 1 item in common"))
    }
}
