import Engine
import Evaluation
import Factorization
import Ratings
import Synchronization
import TestSupport
import Testing

/// Tuning of real models.
struct TuningTests {
    private let ratings = RatingMatrix.random(users: 60, items: 40, density: 0.3, seed: 5)

    private func configuration(threads: Int = 1) -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.bayes.burnIn = 2
        configuration.bayes.samples = 4
        configuration.implicit.iterations = 2
        configuration.threads = threads
        return configuration
    }

    private func tuned(
        _ model: ModelKind, trials: Int = 10, threads: Int = 1, holdOut: HoldOut = .random(0.2),
        memory: TrialMemory = TrialMemory()
    ) throws -> TunedModel {
        try Tuning(trials: trials, holdOut: holdOut, seed: 3)
            .tuned(model, configuration(threads: threads), on: Dataset(ratings: ratings), memory: memory)
    }

    @Test(arguments: ModelKind.tunable)
    func `the winner is never worse than the defaults`(_ model: ModelKind) throws {
        let tuned = try tuned(model)
        #expect(tuned.trials.count == 10 && tuned.usual.settings == configuration().settings(of: model))
        #expect(tuned.usual.splits == 4 && tuned.best.splits == 4)
        switch tuned.metric {
        case .rmse: #expect(tuned.best.score <= tuned.usual.score && tuned.best.score > 0)
        case .ndcg: #expect(tuned.best.score >= tuned.usual.score && tuned.best.score < 1)
        }
        #expect(tuned.configuration.settings(of: model) == tuned.best.settings)
        try model.validate(tuned.configuration)
    }

    @Test(arguments: ModelKind.tunable)
    func `threads do not change the search`(_ model: ModelKind) throws {
        let (one, three) = (try tuned(model), try tuned(model, threads: 3))
        #expect(one.trials == three.trials && one.winner == three.winner)
    }

    /// A search that was ended after any number of measurements goes on and finds the same, without measuring twice.
    @Test(arguments: [ModelKind.als, .knn, .blend], [0, 1, 7, 12, 15])
    func `a search resumes`(_ model: ModelKind, _ count: Int) throws {
        func run(_ known: [TrialMemory.Measurement]) throws -> (TunedModel, [TrialMemory.Measurement]) {
            let log = Log()
            let memory = TrialMemory(known) { log.add($0) }
            return (try tuned(model, threads: 2, memory: memory), log.all)
        }
        let (whole, all) = try run([])
        let (rest, new) = try run(Array(all.prefix(count)))
        #expect(rest.trials == whole.trials && rest.winner == whole.winner)
        #expect(new.count == all.count - count && new.allSatisfy { !all.prefix(count).contains($0) })
    }

    /// A trial does not depend on how many there are.
    @Test func `more trials begin with the same ones`() throws {
        let (few, many) = (try tuned(.ease, trials: 4), try tuned(.ease, trials: 12))
        #expect(few.trials.map(\.settings) == many.trials.prefix(4).map(\.settings))
        #expect(few.trials.map(\.first) == many.trials.prefix(4).map(\.first))
        #expect(Set(many.trials.map { "\($0.settings)" }).count == 12)
    }

    /// One descent through all numbers of iterations is as good as a fit for each.
    @Test func `steps equal fits of as many iterations`() throws {
        let tuned = try tuned(.als, trials: 2)
        let trial = tuned.trials[1]
        var configuration = configuration()
        for setting in trial.settings { try configuration.set(setting) }
        let split = try HoldOut.random(0.2).split(ratings, number: 0, seed: 3)
        let fold = ComparisonFold(split, of: Dataset(ratings: ratings))
        let compared = try ComparisonEngine(models: [.als], configuration: configuration).compare([fold]).comparison
        let rmse = compared.means("als").first { $0.metric == .rmse }?.value
        #expect(rmse == trial.first)
    }

    /// A trial of blend is the model that a fit makes, features included.
    @Test(arguments: [false, true])
    func `a trial of blend is the model that a fit makes`(_ usesFeatures: Bool) throws {
        var configuration = configuration()
        configuration.usesFeatures = usesFeatures
        let train = Dataset(ratings: ContractData.train, features: ContractData.side)
        let tuned = try Tuning(trials: 1, holdOut: .random(0.2), seed: 3)
            .tuned(.blend, configuration, on: train)
        let split = try HoldOut.random(0.2).split(train.ratings, number: 0, seed: 3)
        let fold = ComparisonFold(split, of: train)
        let compared = try ComparisonEngine(models: [.blend], configuration: configuration).compare([fold]).comparison
        let ndcg = compared.means("blend").first { $0.metric == .ndcg && $0.cutoff == 10 }?.value
        #expect(ndcg == tuned.usual.first && ndcg ?? 0 > 0)
    }

    @Test func `a comparison tunes inside each fold`() throws {
        let folds = ratings.folds(2, seed: 1).map {
            ComparisonFold($0, of: Dataset(ratings: ratings))
        }
        let engine = ComparisonEngine(
            models: [.popularity, .knn, .als], configuration: configuration(),
            tuning: FoldTuning(trials: 6, holdOut: nil))
        var found: [String] = []
        var winners: [ModelConfiguration] = []
        let (comparison, _) = try engine.compare(
            folds,
            tuned: { fold, model in
                found.append("\(fold) \(model.model)")
                winners.append(model.configuration)
            })
        #expect(found == ["1 als", "1 knn", "2 als", "2 knn"])
        // What was found is what was judged; the test ratings of the fold had no part in it.
        let again = try ComparisonEngine(models: [.knn, .als], configuration: winners[1]).compare([folds[0]]).comparison
        for model in ["knn", "als"] {
            let (judged, expected) = (
                comparison.results.first { $0.model == model && $0.fold == 1 },
                again.results.first { $0.model == model }
            )
            #expect(judged?.ratings?.metrics.rmse == expected?.ratings?.metrics.rmse)
        }
    }
}

private final class Log: Sendable {
    private let measurements = Mutex<[TrialMemory.Measurement]>([])
    var all: [TrialMemory.Measurement] { measurements.withLock { $0 } }
    func add(_ one: TrialMemory.Measurement) { measurements.withLock { $0.append(one) } }
}
