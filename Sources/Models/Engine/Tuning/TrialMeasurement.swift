import Evaluation
import Factorization
import LinearAlgebra
import Neighbors
import Ratings

/// The losses of trials of a model on one split.
struct TrialMeasurement: Sendable {
    let model: ModelKind
    /// The place of the split.
    let number: Int
    let memory: TrialMemory
    private let train: Dataset
    private let ratings: TestRatings
    private let rankings: TestRankings
    private let threads: Int

    init(
        model: ModelKind, split: ComparisonFold, number: Int, relevance: Float, threads: Int,
        memory: TrialMemory
    ) {
        self.model = model
        self.number = number
        self.memory = memory
        self.threads = threads
        train = split.train
        ratings = TestRatings(split.test, train: split.train.ratings)
        rankings = TestRankings(split.test, train: split.train.ratings, threshold: relevance)
    }

    /// By trial and stage of the fit; what was measured before is not measured again.
    ///
    /// - Throws: what the defaults throw; another trial that fails has an infinite loss.
    func losses(of trials: [Trial]) throws -> [[Double]] {
        let new = trials.filter { memory.losses(model, trial: $0.number, split: number) == nil }
        let found = try measured(new)
        var next = 0
        return trials.map { trial in
            if let known = memory.losses(model, trial: trial.number, split: number) { return known }
            next += 1
            return found[next - 1]
        }
    }

    private func measured(_ trials: [Trial]) throws -> [[Double]] {
        guard !trials.isEmpty else { return [] }
        switch model {
        case .knn where trials.allSatisfy({ $0.configuration.knn.neighborhood == .raters }):
            return try neighbors(trials)
        case .blend: return try blends(trials)
        default: return try each(trials) { trial, configuration in try fitted(trial, configuration) }
        }
    }

    /// The trials side by side, with the threads that are left over inside.
    private func each(
        _ trials: [Trial], _ losses: @Sendable (Trial, ModelConfiguration) throws -> [Double]
    ) throws -> [[Double]] {
        let inner = max(1, threads / trials.count)
        let results = Parallel.map(trials.count, threads: threads) { place in
            let trial = trials[place]
            var configuration = trial.configuration
            configuration.threads = inner
            let result = Result { try losses(trial, configuration) }
            if case .success(let losses) = result { record(trial, losses) }
            return result
        }
        return try zip(trials, results).map { trial, result in
            if trial.number == 0 { return try result.get() }
            return (try? result.get()) ?? Array(repeating: .infinity, count: max(1, trial.steps.count))
        }
    }

    private func record(_ trial: Trial, _ losses: [Double]) {
        memory.record(.init(model: model, trial: trial.number, split: number, losses: losses))
    }

    private func fitted(_ trial: Trial, _ configuration: ModelConfiguration) throws -> [Double] {
        if model == .als, configuration.als.validationShare == 0 { return try descent(trial, configuration) }
        let fitted = try model.fit(train, configuration)
        let loss = loss(of: fitted, threads: configuration.als.threads)
        // Where the number of iterations is chosen by the fit, its limit makes no difference.
        return Array(repeating: loss, count: max(1, trial.steps.count))
    }

    /// One descent answers for every number of iterations: each goes on from the factors of the one before.
    private func descent(_ trial: Trial, _ configuration: ModelConfiguration) throws -> [Double] {
        var als = configuration.ranked(for: train.ratings).als
        var last: FactorModel?
        var done = 0
        return try trial.steps.compactMap { Int($0) }.map { iterations in
            als.iterations = iterations - done
            let model = try AlternatingLeastSquares(als).fit(train.ratings, from: last)
            (last, done) = (model, iterations)
            return loss(of: .als(model), threads: als.threads)
        }
    }

    /// All trials from one pass over the pairs of users.
    private func neighbors(_ trials: [Trial]) throws -> [[Double]] {
        let sweep = try UserKNNSweep(train.ratings, trials.map(\.configuration.knn), threads: threads)
        let starts = ratings.testUsers.indices.filter { $0 == 0 || ratings.testUsers[$0 - 1] != ratings.testUsers[$0] }
        let ends = starts.dropFirst() + [ratings.testUsers.count]
        let ranges = zip(starts, ends).map { $0..<$1 }
        let parts = Parallel.map(ranges.count, threads: threads) { place in
            sweep.predictions(user: ratings.users[ranges[place].lowerBound], items: ratings.items[ranges[place]])
        }
        return trials.indices.map { place in
            let predictions = parts.flatMap { $0[place] }
            let losses = [RatingMetrics(ratings: ratings.values, predictions: predictions).rmse]
            record(trials[place], losses)
            return losses
        }
    }

    /// The half that is `implicit` is the same in all trials.
    private func blends(_ trials: [Trial]) throws -> [[Double]] {
        var chosen = trials[0].configuration.ranked(for: train.ratings)
        chosen.threads = threads
        let implicit = try ImplicitALS(chosen.implicit).fit(train.ratings)
        return try each(trials) { _, configuration in
            let model = try FittedModel.blend(train, configuration) { implicit }
            return [loss(of: model, threads: configuration.als.threads)]
        }
    }

    private func loss(of fitted: FittedModel, threads: Int) -> Double {
        switch model.tuningMetric {
        case .rmse: fitted.predictor.map { ratings.metrics(of: $0, threads: threads).rmse } ?? .infinity
        case .ndcg:
            fitted.recommender.map { -rankings.metrics(of: $0, cutoffs: [10], threads: threads)[0].ndcg } ?? .infinity
        }
    }
}
