import Evaluation
import FileOutput

extension HTMLPage {
    /// Definitions of the terms in the sections shown.
    var glossarySection: Section? {
        let results = comparison.results
        let terms =
            (results.contains { $0.ratings != nil } ? Self.ratingTerms : [])
            + (results.contains { $0.rankings != nil } ? Self.rankingTerms : [])
            + (comparison.overlaps.isEmpty ? [] : Self.overlapTerms)
            + (comparison.differences.isEmpty ? [] : Self.testTerms)
        guard !terms.isEmpty else { return nil }
        let entries = terms.map { term, meaning -> Markup in
            "<div><dt>\(term)</dt><dd>\(meaning)</dd></div>\n"
        }
        return Section(id: "glossary", title: "Glossary", body: "<dl>\n\(entries)</dl>\n")
    }

    private static let ratingTerms: [(String, String)] = [
        (
            "RMSE",
            "√ of the mean squared error of the predicted ratings, in units of the rating; large errors weigh most."
        ),
        ("MAE", "The mean absolute error, in units of the rating."),
        ("R²", "1 − squared errors over those of the mean rating: 1 is perfect, 0 no better than the mean."),
        ("ratings/s", "Ratings predicted per second of wall-clock time."),
    ]

    private static let rankingTerms: [(String, String)] = [
        (
            "nDCG@k",
            "Each liked item at place p among the first k counts 1 / log₂(p + 1), over what the best possible list has."
        ),
        ("recall@k", "The share of what the user likes in the test that is among the first k."),
        ("hit rate@k", "The share of users with a liked item among the first k."),
        ("coverage@k", "The share of the catalogue that is recommended to anybody."),
        (
            "novelty@k",
            "The mean of −log₂(share of users who rated the item), in bits: what everybody knows is worth 0."
        ),
        ("diversity@k", "1 − the mean cosine of the ratings of two items in a list."),
        ("lists/s", "Lists made per second of wall-clock time."),
    ]

    private static let overlapTerms: [(String, String)] = [
        ("Jaccard", "The items in both lists over those in either."),
        ("RBO", "Rank-biased overlap: the agreement at each depth, the first places weighing most (p = 0.9)."),
    ]

    private static let testTerms: [(String, String)] = [
        ("95 % interval", "Where the mean difference lies in 95 % of 2,000 draws of the users with replacement."),
        (
            "adjusted p",
            "The chance of ranks this uneven if neither model were better (Wilcoxon), raised by Holm for the number of pairs."
        ),
        ("effect size", "(W₊ − W₋) / (W₊ + W₋), the rank sums of the positive and negative differences."),
    ]
}
