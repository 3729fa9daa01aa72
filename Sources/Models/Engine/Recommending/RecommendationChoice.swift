/// Whose lists to show, by the names that the command line and the service share.
public enum RecommendationChoice: String, Sendable, CaseIterable {
    /// `implicit` and the user-user closed form together: the best ranker.
    case blend
    /// Implicit alternating least squares.
    case implicit
    /// The item-item closed form.
    case ease
    /// User-KNN.
    case knn
    /// Explicit alternating least squares.
    case als
    /// Bayesian matrix factorization.
    case bayes
    /// What most users liked.
    case popularity
    /// als, then knn: factors and neighbors side by side.
    case both

    /// The models whose lists are shown, in this order.
    public var kinds: [ModelKind] {
        if self == .both { return [.als, .knn] }
        return ModelKind(rawValue: rawValue).map { [$0] } ?? []
    }

    /// The choices among some models, in their order, and `both` where both are there.
    public static func among(_ kinds: [ModelKind]) -> [RecommendationChoice] {
        kinds.compactMap { RecommendationChoice(rawValue: $0.rawValue) }
            + (Self.both.kinds.allSatisfy(kinds.contains) ? [.both] : [])
    }

    /// The best ranker among some models: `blend`, else `implicit`, else the first.
    public static func best(among kinds: [ModelKind]) -> RecommendationChoice? {
        let choices = among(kinds)
        return [.blend, .implicit].first(where: choices.contains) ?? choices.first
    }
}
