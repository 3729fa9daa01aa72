import Engine
import Evaluation
import Factorization
import Ratings
import TestSupport
import Testing

struct ComparisonEngineTests {
    private let models: [ModelKind] = [.baseline, .popularity, .als, .ease]

    private func configuration(threads: Int = 1) -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.als.rank = 3
        configuration.implicit.rank = 3
        configuration.bayes.rank = 3
        configuration.als.iterations = 3
        configuration.threads = threads
        return configuration
    }

    /// Three folds of ratings that a taste decides: two groups of users and of items.
    private let folds: [ComparisonFold] = {
        let noisy = RatingMatrix.random(users: 60, items: 40, density: 0.6, seed: 1)
        let rows = (0..<60).map { user in
            noisy.ratings(ofUser: user).map { item, rating in
                (item: Int(item), rating: (user + Int(item)) % 2 == 0 ? max(3, rating) : min(3, rating))
            }
        }
        return RatingMatrix(rows: rows, itemCount: 40).folds(3, seed: 2).map { split in
            ComparisonFold(
                train: Dataset(
                    ratings: split.train,
                    items: ItemCatalog(
                        titles: (0..<40).map { "T\($0)" }, genreNames: [], genres: Array(repeating: [], count: 40))),
                test: split.test)
        }
    }()

    private func compare(
        threads: Int = 1, progress: @escaping (Double, String) -> Void = { _, _ in }
    ) throws -> (comparison: Comparison, examples: [ListExample]) {
        try ComparisonEngine(models: models, configuration: configuration(threads: threads))
            .compare(folds, progress: progress)
    }

    @Test func `empty splits are refused`() throws {
        let engine = ComparisonEngine(models: [.global], configuration: configuration())
        let none = RatingMatrix(rows: Array(repeating: [], count: 60), itemCount: 40)
        func fold(_ train: RatingMatrix, _ test: RatingMatrix) -> ComparisonFold {
            ComparisonFold(train: Dataset(ratings: train), test: test)
        }
        let some = folds[0].test
        #expect(throws: ComparisonError.emptyTrain(fold: 1)) { try engine.compare([fold(none, some)]) }
        #expect(throws: ComparisonError.emptyTest(fold: 2)) { try engine.compare([folds[0], fold(some, none)]) }
    }

    /// Splits of one matrix share its vocabularies, so a split by time of new users alone is none of these.
    @Test func `IDs that do not meet are refused`() throws {
        let engine = ComparisonEngine(models: [.global], configuration: configuration())
        func matrix(_ users: [String], _ items: [String]) -> RatingMatrix {
            let rows = users.map { _ in items.indices.map { (item: $0, rating: Float($0 + 1)) } }
            return RatingMatrix(
                users: Vocabulary(users), items: Vocabulary(items),
                byUser: RatingMatrix(rows: rows, itemCount: items.count).byUser)
        }
        let train = Dataset(ratings: matrix(["1", "2", "3", "4"], ["a", "b"]))
        func compare(_ test: RatingMatrix) throws { _ = try engine.compare([ComparisonFold(train: train, test: test)]) }
        let users = ComparisonError.noSharedIDs(
            fold: 1, side: "user", train: ["1", "2", "3"], test: ["u1", "u2"])
        #expect(throws: users) { try compare(matrix(["u1", "u2"], ["a", "b"])) }
        let items = ComparisonError.noSharedIDs(fold: 1, side: "item", train: ["a", "b"], test: ["x", "y", "z"])
        #expect(throws: items) { try compare(matrix(["1", "2"], ["x", "y", "z", "zz"])) }
        try compare(matrix(["4", "5"], ["b", "c"]))
    }

    @Test func `test ratings that training has are counted`() {
        let (train, test) = (folds[0].train, folds[0].test)
        #expect(folds[0].seenCount == 0)
        #expect(ComparisonFold(train: train, test: train.ratings).seenCount == train.ratings.count)
        #expect(
            ComparisonFold(train: train, test: RatingMatrix.random(users: 90, items: 60, density: 0.3, seed: 9))
                .seenCount > 0)
        #expect(ComparisonFold(train: Dataset(ratings: test), test: train.ratings).seenCount == 0)
    }

    /// The scale of training and test ratings together: 8 of 1…10, though training has nothing above 9.
    @Test func `what is a like follows the scale`() throws {
        let low = (0..<6).map { user -> [(item: Int, rating: Float)] in
            (0..<4).map { item in (item, Float(1 + (user + item) % 9)) }
        }
        let high = (0..<6).map { user -> [(item: Int, rating: Float)] in [(4, user % 2 == 0 ? 10 : 8), (5, 7)] }
        let train = RatingMatrix(rows: low, itemCount: 6)
        let test = RatingMatrix(rows: high, itemCount: 6)
        func comparison(_ relevance: Float?) throws -> Comparison {
            var configuration = configuration()
            configuration.relevance = relevance
            return try ComparisonEngine(models: [.popularity], configuration: configuration)
                .compare([ComparisonFold(train: Dataset(ratings: train), test: test)]).comparison
        }
        let byScale = try comparison(nil)
        #expect(byScale.relevance == 8 && byScale.results[0].rankings?.metrics[0].userCount == 6)
        let strict = try comparison(9)
        #expect(strict.relevance == 9 && strict.results[0].rankings?.metrics[0].userCount == 3)
    }

    @Test func `results are ordered by fold and model`() throws {
        let comparison = try compare().comparison
        #expect(comparison.results.map(\.model) == (0..<3).flatMap { _ in ["baseline", "popularity", "als", "ease"] })
        #expect(comparison.results.map(\.fold) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
        for result in comparison.results {
            #expect((result.ratings != nil) == ["baseline", "als"].contains(result.model))
            #expect((result.rankings != nil) == ["popularity", "als", "ease"].contains(result.model))
            #expect(result.losses.count == (result.model == "als" ? 6 : 0))
            #expect(result.rankings?.metrics.map(\.cutoff) ?? [5, 10, 20] == [5, 10, 20])
            #expect(result.bytes > 0 && result.figures.allSatisfy(\.value.isFinite))
        }
    }

    @Test func `a model that was fitted elsewhere is judged as one that is fitted here`() throws {
        let fitted = try ModelKind.als.fit(folds[0].train, configuration())
        let engine = ComparisonEngine(
            models: [.als, .popularity], given: [GivenModel(name: "cluster", kind: .als, model: fitted)],
            configuration: configuration())
        let (comparison, examples) = try engine.compare([folds[0]])
        #expect(comparison.models == ["als", "popularity", "cluster"])
        let (own, given) = (comparison.results[0], comparison.results[2])
        #expect(given.fitSeconds == nil && given.losses.isEmpty && given.bytes == own.bytes)
        func figures(_ result: ModelResult) -> [ModelResult.Figure] {
            result.figures.filter { !$0.metric.rawValue.contains("second") }
        }
        #expect(figures(given) == figures(own) && figures(given).count > 30)
        let overlap = comparison.overlaps.first { $0.first == "als" && $0.second == "cluster" }
        #expect(overlap?.jaccard == 1)
        let difference = comparison.differences.first { $0.first == "als" && $0.second == "cluster" }
        #expect(difference?.mean == 0 && comparison.differences.count { $0.second == "cluster" } == 3)
        #expect(examples.allSatisfy { $0.lists.map(\.model) == ["als", "popularity", "cluster"] } && !examples.isEmpty)
    }

    /// Also with a threshold of its own, which gives way to that of the comparison.
    @Test func `several models of one kind are fitted by configurations of their own`() throws {
        var (small, large) = (configuration(), configuration())
        small.implicit.rank = 2
        small.relevance = 1
        large.implicit.rank = 5
        let engine = ComparisonEngine(
            models: [
                ComparedModel("small", .implicit, configuration: small), ComparedModel(.implicit),
                ComparedModel("large", .implicit, configuration: large),
            ], configuration: configuration())
        let comparison = try engine.compare([folds[0]]).comparison
        #expect(comparison.models == ["small", "implicit", "large"])
        small.relevance = nil
        for (result, own) in zip(comparison.results, [small, configuration(), large]) {
            let alone = try ComparisonEngine(models: [.implicit], configuration: own).compare([folds[0]]).comparison
            #expect(result.rankings?.metrics == alone.results[0].rankings?.metrics)
            #expect(result.losses == alone.results[0].losses && result.bytes == alone.results[0].bytes)
        }
        #expect(Set(comparison.results.map(\.bytes)).count == 3)
    }

    /// The figures once more, from the models themselves.
    @Test func `figures equal those of the fitted models`() throws {
        let comparison = try compare().comparison
        for (index, fold) in folds.enumerated() {
            let test = TestRatings(fold.test, train: fold.train.ratings)
            let rankings = TestRankings(fold.test, train: fold.train.ratings, threshold: 4)
            for (place, kind) in models.enumerated() {
                let model = try kind.fit(fold.train, configuration())
                let result = comparison.results[4 * index + place]
                #expect(result.ratings?.metrics == model.predictor.map { test.metrics(of: $0) })
                #expect(result.ratings?.coldCount ?? test.coldCount == test.coldCount)
                #expect(
                    result.rankings?.metrics
                        == model.recommender.map { rankings.metrics(of: $0, cutoffs: [5, 10, 20]) })
                #expect(result.bytes == model.bytes)
                let counted = result.ratings?.density.counts.reduce(0) { $0 + $1.reduce(0, +) }
                #expect(counted ?? test.values.count == test.values.count)
            }
        }
    }

    @Test func `only models with the same job are compared`() throws {
        let comparison = try compare().comparison
        #expect(comparison.differences.map(\.metric) == [.rmse, .ndcg, .ndcg, .ndcg])
        #expect(comparison.differences.map(\.first) == ["baseline", "popularity", "popularity", "als"])
        #expect(comparison.differences.map(\.second) == ["als", "als", "ease", "ease"])
        #expect(comparison.overlaps.map(\.first) == ["popularity", "popularity", "als"])
        #expect(comparison.overlaps.map(\.second) == ["als", "ease", "ease"])
        // Every test user of every fold, with ten places.
        #expect(comparison.overlaps.allSatisfy { $0.cutoff == 10 && $0.userCount == 180 })
        #expect(comparison.overlaps.allSatisfy { $0.sharedCounts.reduce(0, +) == 180 })
    }

    /// A user counts once, with the mean over the folds in which they are tested.
    @Test func `differences are over users`() throws {
        let comparison = try compare().comparison
        var errors = [[Double]](repeating: [], count: 60)
        for fold in folds {
            let model = BiasModel.fit(fold.train.ratings)
            for user in 0..<60 {
                let squares = fold.test.ratings(ofUser: user).map { item, rating in
                    let known = fold.train.ratings.userRatings(user).count > 0 ? user : nil
                    let isRated = fold.train.ratings.itemCounts[Int(item)] > 0
                    let error = Double(rating) - model.prediction(user: known, item: isRated ? Int(item) : nil)
                    return error * error
                }
                guard !squares.isEmpty else { continue }
                errors[user].append((squares.reduce(0, +) / Double(squares.count)).squareRoot())
            }
        }
        let means = errors.filter { !$0.isEmpty }.map { $0.reduce(0, +) / Double($0.count) }
        let difference = try #require(comparison.differences.first)
        #expect(difference.userCount == means.count)
        #expect(abs(difference.meanFirst - means.reduce(0, +) / Double(means.count)) < 1e-9)
    }

    @Test func `progress rises to the end`() throws {
        var told: [(share: Double, model: String)] = []
        _ = try compare { told.append(($0, $1)) }
        #expect(told.first?.share == 0 && told.last?.share == 1)
        for (one, next) in zip(told, told.dropFirst()) { #expect(one.share <= next.share) }
        #expect(told.first?.model == "baseline" && told.last?.model == "ease")
    }

    /// Of the first fold: the users with ten training ratings or more on whom the first two rankings agree most and least.
    @Test func `examples are the users on whom two models agree most and least`() throws {
        let examples = try compare().examples
        let (train, test) = (folds[0].train.ratings, folds[0].test)
        let rankings = TestRankings(test, train: train, threshold: 4)
        let lists = try [ModelKind.popularity, .als, .ease].map { kind in
            let model = try #require(try kind.fit(Dataset(ratings: train), configuration()).recommender)
            return rankings.lists(of: model, count: 10)
        }
        let shared = (0..<60).filter { train.userRatings($0).count >= 10 && lists[0][$0].relevantCount > 0 }
            .map { user in (user: user, count: lists[0][user].items.count { lists[1][user].items.contains($0) }) }
        let counts = shared.map(\.count)
        #expect(examples.map(\.sharedCount) == [counts.max(), counts.min()] && counts.max() != counts.min())
        for example in examples {
            let user = try #require(Int(example.user))
            #expect(user == shared.first { $0.count == example.sharedCount }?.user)
            let own = train.userRatings(user)
            #expect(example.ratingCount == own.count && example.favorites.count == 5 && example.cutoff == 10)
            let best = zip(own.items, own.values).filter { $0.1 == own.values.max() }.map { "T\($0.0)" }
            #expect(example.favorites.first == best.first)
            #expect(example.lists.map(\.model) == ["popularity", "als", "ease"])
            for (list, expected) in zip(example.lists, lists.map { $0[user] }) {
                #expect(list.places.map(\.item) == expected.items.map(String.init))
                #expect(list.places.map(\.isRelevant) == expected.relevance)
                #expect(list.places.allSatisfy { $0.title == "T\($0.item)" })
                #expect(list.places.allSatisfy { ($0.reason == nil) == (list.model == "popularity") })
                for place in list.places {
                    #expect(place.listCount == lists.count { $0[user].items.map(String.init).contains(place.item) })
                }
            }
        }
    }

    @Test func `threads do not change the result`() throws {
        let (one, three) = (try compare(), try compare(threads: 3))
        func figures(_ comparison: Comparison) -> [String] {
            comparison.results.flatMap { result in
                result.figures.filter {
                    !$0.metric.rawValue.hasSuffix("second") && !$0.metric.rawValue.hasSuffix("seconds")
                }
                .map { "\($0.metric.rawValue) \($0.cutoff ?? 0) \($0.value)" }
            }
        }
        #expect(figures(one.comparison) == figures(three.comparison) && figures(one.comparison).count > 200)
        #expect(one.comparison.differences == three.comparison.differences)
        #expect(one.comparison.overlaps == three.comparison.overlaps)
        #expect(one.comparison.results.map(\.losses) == three.comparison.results.map(\.losses))
        #expect(one.examples.map(\.user) == three.examples.map(\.user))
    }
}
