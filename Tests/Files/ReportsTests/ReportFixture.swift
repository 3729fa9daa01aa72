import Engine
import Evaluation
import FileOutput
import LinearAlgebra
import Ratings
import Reports
import TestSupport

/// A small hand-made comparison with names hostile to markup.
enum ReportFixture {
    static let factors = "als<b>"
    static let neighbors = "knn & \"friends\""
    static let popular = "popularity"

    private static let train = RatingMatrix(
        rows: (0..<12).map { user in (0..<8).filter { ($0 + user) % 3 > 0 }.map { ($0, Float(1 + ($0 + user) % 5)) } },
        itemCount: 8)
    private static let test = RatingMatrix(
        rows: (0..<12).map { user in (0..<8).filter { ($0 + user) % 3 == 0 }.map { ($0, Float(1 + ($0 + user) % 5)) } },
        itemCount: 8)

    /// A model whose predictions are off by ±`error`, alternating.
    static func ratings(
        error: Double, isCalibrated: Bool = false, speed: Double = 1_000, densityOf scale: RatingMatrix = train
    ) -> ModelResult.Ratings {
        let ratings = TestRatings(test, train: train)
        let predictions = ratings.values.enumerated().map { $0.element + ($0.offset % 2 == 0 ? error : -error) }
        var density = PredictionDensity(of: scale)
        for (rating, prediction) in zip(ratings.values, predictions) { density.add(rating, predicted: prediction) }
        return ModelResult.Ratings(
            metrics: RatingMetrics(ratings: ratings.values, predictions: predictions),
            calibration: isCalibrated
                ? Calibration(ratings: ratings.values, predictions: predictions.map { ($0, 1) }) : nil,
            buckets: RatingBuckets(ratings, predictions: predictions, train: train), density: density, coldCount: 0,
            predictionsPerSecond: speed)
    }

    /// A model whose lists have the relevant item at this rank.
    static func rankings(likedPlace: Int) -> ModelResult.Rankings {
        let lists = (0..<12).map { user in
            RankedList(
                items: (0..<8).map { ($0 + user) % 8 }, relevance: (0..<8).map { $0 == likedPlace }, relevantCount: 1)
        }
        let cutoffs = [5, 10]
        return ModelResult.Rankings(
            metrics: cutoffs.map { RankingMetrics(lists, cutoff: $0) },
            catalogue: cutoffs.map { CatalogueMetrics(lists: lists.map(\.items), cutoff: $0, train: train) },
            ndcgByActivity: RatingBuckets.means(
                of: lists.compactMap { $0.ndcg(10) }, users: Array(0..<12), train: train),
            coldCount: 0, listsPerSecond: 500)
    }

    /// Half-star ratings, on another scale than the fixture.
    static let halfStars = RatingMatrix(rows: [(0..<10).map { ($0, Float($0 + 1) / 2) }], itemCount: 10)

    private static func results(fold: Int) -> [ModelResult] {
        [
            ModelResult(
                model: factors, fold: fold, ratings: ratings(error: 0.5, isCalibrated: true),
                rankings: rankings(likedPlace: 3), fitSeconds: 0.5, bytes: 1_000, losses: [8, 4, .nan, 2]),
            ModelResult(
                model: neighbors, fold: fold, ratings: ratings(error: 0.75, speed: .infinity),
                rankings: rankings(likedPlace: 1), fitSeconds: 0.25, bytes: 2_000, losses: []),
            ModelResult(
                model: popular, fold: fold, ratings: nil, rankings: rankings(likedPlace: 1), fitSeconds: .nan,
                bytes: 3_000, losses: []),
        ]
    }

    /// Three models on two folds: the first predicts ratings significantly best, the second ranks best without
    /// significance.
    static let comparison = Comparison(
        results: (1...2).flatMap(results), relevance: 4,
        differences: PairedDifference.allPairs(
            metric: .rmse,
            models: [
                (factors, (0..<12).map { 0.5 + Double($0) / 100 }),
                (neighbors, (0..<12).map { 0.75 + Double($0) / 50 }),
            ],
            seed: 1)
            + PairedDifference.allPairs(
                metric: .ndcg,
                models: [
                    (factors, [0.1, 0.2, 0.3, 0.4]), (neighbors, [0.2, 0.3, 0.4, 0.5]),
                    (popular, [0.2, 0.3, 0.4, 0.4]),
                ], seed: 1),
        overlaps: [
            ModelOverlap(
                first: factors, second: neighbors, cutoff: 3,
                lists: [([0, 1, 2], [1, 2, 3]), ([4, 5, 6], [0, 1, 2])])
        ])

    static let example = ListExample(
        user: "<7>", ratingCount: 5, favorites: ["Tom & Jerry", "]]>"], sharedCount: 1, cutoff: 10,
        lists: [
            ListExample.List(
                model: factors,
                places: [
                    ListExample.Place(
                        item: "1", title: "<script>alert(\"1\")</script>", isRelevant: true, listCount: 2,
                        reason: "because of 'M*A*S*H' & more"),
                    ListExample.Place(item: "a&b", title: nil, isRelevant: false, listCount: 1, reason: nil),
                ]),
            ListExample.List(
                model: neighbors,
                places: [
                    ListExample.Place(
                        item: "1", title: "<script>alert(\"1\")</script>", isRelevant: true, listCount: 2, reason: nil)
                ]),
        ])

    static let arithmetic: Arithmetic = {
        var counts = OperationCounts()
        (counts.blasMultiplyAdds, counts.laneMultiplyAdds, counts.lapackFactorizations) = (1, 3, 20)
        return Arithmetic(counts)
    }()

    static let report = ComparisonReport(
        comparison: comparison, examples: [example], options: ["seed": "1", "models": "a<b", "at": "&amp;"],
        arithmetic: arithmetic, version: "1 <0>", source: "rätings & <more>")

    /// One model that only predicts ratings.
    static let plainReport = ComparisonReport(
        comparison: Comparison(
            results: [
                ModelResult(
                    model: "mean", fold: 1, ratings: ratings(error: 1), rankings: nil, fitSeconds: 0, bytes: 8,
                    losses: [])
            ], relevance: 4), examples: [], options: [:], arithmetic: arithmetic, version: "1", source: "ratings")
}
