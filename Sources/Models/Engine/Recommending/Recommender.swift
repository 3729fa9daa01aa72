import Factorization
import LinearAlgebra
public import Ratings

/// A fitted model together with the data set it was fitted on: the one way to recommend.
public struct Recommender: Sendable {
    /// The kind of model.
    public let kind: ModelKind
    /// The fitted model.
    public let model: FittedModel
    /// The data it was fitted on.
    public let dataset: Dataset
    private let ranker: any ItemRecommender

    /// nil for a model that does not rank items.
    public init?(_ kind: ModelKind, _ model: FittedModel, of dataset: Dataset) {
        guard let ranker = model.recommender else { return nil }
        self.kind = kind
        self.model = model
        self.dataset = dataset
        self.ranker = ranker
    }

    /// The best items that a person has not rated, best first; among equally good ones the lower index first.
    public func scoredItems(for person: Person, count: Int) throws -> [ScoredItem] {
        let ranked =
            try person.user.map { ranker.rankedItems(user: $0, count: count, excluding: person.ratings.items) }
            ?? ranker.rankedItems(foldingIn: person.ratings, count: count)
        return scored(ranked, try predictedRatings(ranked.map { Int($0.item) }, for: person))
    }

    /// The same with ids, titles and reasons.
    ///
    /// - Throws: where a guest's equations have no solution.
    public func recommend(
        to person: Person, count: Int = 10, reasons: Reasons = .none
    ) throws -> [Recommendation] {
        try scoredItems(for: person, count: count).map { scored in
            Recommendation(
                scored: scored, id: dataset.ratings.items[scored.item], title: dataset.title(of: scored.item),
                reasons: try self.reasons(for: scored.item, to: person, reasons))
        }
    }

    /// Why an item suits a person, the weightiest reason first; nil where no reasons are wanted or the model has none.
    public func reasons(for item: Int, to person: Person, _ reasons: Reasons) throws -> [String]? {
        guard reasons != .none, let explanation = try model.explanation(of: item, for: person) else { return nil }
        let fewest = if case .groups(let size) = reasons { size } else { 1 }
        return ExplanationText(dataset, namesUsers: reasons == .namingUsers, fewest: fewest).lines(explanation)
    }

    /// The lists of all users in the order of the vocabulary, the same as `scoredItems` gives one by one.
    ///
    /// - Parameters:
    ///   - threads: the lists do not depend on it.
    ///   - progress: called with the share done, from any thread.
    /// - Complexity: that of `ItemRecommender.topLists`, and a prediction for each place.
    public func scoredItemsOfAll(
        count: Int, threads: Int = 1, progress: @Sendable (Double) -> Void = { _ in }
    ) -> [[ScoredItem]] {
        let lists = ranker.topLists(for: dataset.ratings, count: count, threads: threads, progress: progress)
        return Parallel.map(lists.count, threads: threads) { user in
            scored(lists[user], predictedRatings(lists[user].map { Int($0.item) }, user: user))
        }
    }

    private func scored(_ ranked: [RankedItem], _ ratings: [Double]?) -> [ScoredItem] {
        let isSortedByRating = kind.scoreMeaning == nil
        return ranked.enumerated().map { place, ranked in
            ScoredItem(
                item: Int(ranked.item), predictedRating: ratings?[place], score: isSortedByRating ? nil : ranked.score)
        }
    }

    private func predictedRatings(_ items: [Int], for person: Person) throws -> [Double]? {
        if let user = person.user { return predictedRatings(items, user: user) }
        return try model.predictor?.predictions(foldingIn: person.ratings, items: items)
    }

    private func predictedRatings(_ items: [Int], user: Int) -> [Double]? {
        model.predictor?.predictions(user: user, items: items.map { $0 }[...], times: nil)
    }
}

extension Recommender {
    /// Fits a model that ranks items.
    ///
    /// - Throws: what the fit throws.
    public static func fit(
        _ kind: ModelKind, _ dataset: Dataset, _ configuration: ModelConfiguration, progress: FitProgress? = nil
    ) throws -> Recommender {
        let model = try kind.fit(dataset, configuration, progress: progress)
        guard let recommender = Recommender(kind, model, of: dataset) else {
            preconditionFailure("\(kind) does not rank items")
        }
        return recommender
    }

    /// Fits the best ranker: `blend`, or `implicit` where blend's matrix of users would exceed the memory limit.
    public static func fitBest(
        _ dataset: Dataset, _ configuration: ModelConfiguration, progress: FitProgress? = nil
    ) throws -> Recommender {
        do {
            return try fit(.blend, dataset, configuration, progress: progress)
        } catch FactorizationError.tooLarge {
            return try fit(.implicit, dataset, configuration, progress: progress)
        }
    }
}
