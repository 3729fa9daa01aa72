import ArgumentParser
import Engine
import FileOutput
import LinearAlgebra
import Ratings

/// What counts as a like, for every command whose models or figures go by likes.
struct LikeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ratings from here on are likes; \(RatingScale.widest.words). (default: the least rating three quarters up the scale or above: 4 of 1…5, 8 of 1…10)",
            valueName: "rating"))
    var relevant: Float?

    func validate() throws {
        try RatingScale.widest.validate("relevant", relevant)
    }

    /// The configuration with what is a like of these ratings; says so where few are and a model learns from them.
    func resolve(
        _ configuration: ModelConfiguration, for models: [ModelKind], on ratings: RatingMatrix, isQuiet: Bool
    ) -> ModelConfiguration {
        let resolved = configuration.resolved(for: ratings)
        if !isQuiet, configuration.relevance == nil, models.contains(where: \.learnsFromLikes),
            let note = rareLikesNote(resolved.relevance(of: [ratings]), among: ratings)
        {
            Console.message(note)
        }
        return resolved
    }

    func apply(to configuration: inout ModelConfiguration) {
        if let relevant { configuration.relevance = relevant }
    }
}

extension ModelKind {
    /// Whether the model learns from likes, so that their threshold belongs to what is said of it.
    var learnsFromLikes: Bool {
        switch self {
        case .popularity, .implicit, .ease, .blend: true
        case .global, .userMean, .itemMean, .baseline, .als, .bayes, .knn: false
        }
    }
}

/// `ratings of 4 or more`.
func likesText(_ relevance: Float) -> String { "ratings of \(Double(relevance).plain) or more" }

/// What to say where the scale makes likes rare, as with plays, whose scale a few listeners stretch; nil where one rating
/// in a hundred is a like.
func rareLikesNote(_ relevance: Float, among ratings: RatingMatrix) -> String? {
    let likes = ratings.byUser.values.count { $0 >= relevance }
    guard 100 * likes < ratings.count else { return nil }
    return
        "note: only \(likes.grouped) of \(ratings.count.grouped) ratings are likes, \(Double(relevance).plain) or more; "
        + "for plays and other counts choose a lower --relevant."
}
