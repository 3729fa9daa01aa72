import Evaluation
import Ratings
import TestSupport
import Testing

struct RankingMetricsTests {
    private func list(_ relevance: [Bool], of count: Int) -> RankedList {
        RankedList(items: Array(relevance.indices), relevance: relevance, relevantCount: count)
    }

    @Test func `metrics match the worked example`() {
        let metrics = RankingMetrics([list([true, false, true, true], of: 3)], cutoff: 3)
        #expect(abs(metrics.ndcg - 0.703918) < 1e-6)
        #expect(abs(metrics.recall - 0.666667) < 1e-6)
        #expect(abs(metrics.precision - 0.666667) < 1e-6)
        #expect(abs(metrics.map - 0.555556) < 1e-6)
        #expect(metrics.mrr == 1 && metrics.hitRate == 1)
    }

    /// scikit-learn 1.9.1: `ndcg_score([rel], [-np.arange(len(rel))], k=k)` at 3, 5 and 10, for random relevances.
    @Test(arguments: [
        ("101111", [0.703918089, 0.786013735, 0.906825038]), ("10000010", [0.613147193, 0.613147193, 0.81752959]),
        ("1000110010", [0.469278726, 0.541399668, 0.797971952]),
        ("001110100000", [0.234639363, 0.514337179, 0.644463863]),
        ("001000101101111", [0.234639363, 0.169580103, 0.360045765]),
    ])
    func `nDCG matches scikit-learn`(_ relevance: String, _ expected: [Double]) {
        let list = list(relevance.map { $0 == "1" }, of: relevance.count { $0 == "1" })
        for (cutoff, value) in zip([3, 5, 10], expected) {
            #expect(abs(RankingMetrics([list], cutoff: cutoff).ndcg - value) < 1e-9)
            #expect(list.ndcg(cutoff).map { abs($0 - value) < 1e-9 } == true)
        }
    }

    @Test func `users without relevant items are skipped and counted`() {
        let metrics = RankingMetrics([list([true], of: 1), list([], of: 0), list([false], of: 2)], cutoff: 1)
        #expect(metrics.userCount == 2 && metrics.skippedUserCount == 1)
        #expect(metrics.ndcg == 0.5 && metrics.hitRate == 0.5 && metrics.recall == 0.5)
    }

    @Test func `a user without relevant items has no nDCG`() {
        #expect(list([true, false, true], of: 3).ndcg(3).map { abs($0 - 0.703918) < 1e-6 } == true)
        #expect(list([false], of: 0).ndcg(3) == nil)
    }

    /// Users without training ratings are cold, whether or not training has their ID.
    @Test func `cold users are counted`() {
        let train = RatingMatrix(rows: [[(0, 5)], [], [(1, 2)]], itemCount: 3)
        let test = RatingMatrix(rows: [[(1, 5)], [(2, 1)], [(0, 4)], [(0, 4)]], itemCount: 3)
        let rankings = TestRankings(test, train: train, threshold: 4)
        #expect(rankings.coldCount == 2 && rankings.users == [0, 1, 2, nil])
        let lists = rankings.lists(of: PopularityModel.fit(train), count: 2, threads: 2)
        #expect(lists.map(\.items) == [[1, 2], [0, 1], [0, 2], [0, 1]])
        #expect(lists.map(\.relevantCount) == [1, 0, 1, 1])
    }

    @Test func `short lists lower precision only`() {
        let metrics = RankingMetrics([list([true, true], of: 2)], cutoff: 10)
        #expect(metrics.ndcg == 1 && metrics.recall == 1 && metrics.map == 1)
        #expect(abs(metrics.precision - 0.2) < 1e-12)
    }

    @Test func `seen items are excluded and unknown relevant ones count against recall`() {
        // Items 0, 1, 2 by popularity; the test user has seen item 0 and likes item 1 and one unknown to training.
        let train = RatingMatrix(rows: [[(0, 5)], [(0, 5), (1, 5)], [(0, 5), (1, 5), (2, 5)]], itemCount: 3)
        let test = RatingMatrix(rows: [[(1, 5), (2, 1), (3, 4)]], itemCount: 4)
        let rankings = TestRankings(test, train: train, threshold: 4)
        let metrics = rankings.metrics(of: PopularityModel.fit(train), cutoffs: [1, 2])
        #expect(metrics[0].precision == 1 && metrics[0].recall == 0.5)
        #expect(metrics[1].precision == 0.5 && metrics[1].recall == 0.5)
    }

    @Test func `top items break ties by lower index and end with the catalogue`() {
        let train = RatingMatrix(rows: [[(2, 5), (1, 3)], [(1, 4), (2, 2)], [(3, 1)]], itemCount: 4)
        let model = PopularityModel.fit(train)
        #expect(model.topItems(user: 0, count: 10, excluding: [Int32]()) == [1, 2, 3, 0])
        #expect(model.topItems(user: 0, count: 2, excluding: [1]) == [2, 3])
        #expect(PopularityModel.fit(train, threshold: 4).scores(user: nil) == [0, 1, 1, 0])
    }
}
