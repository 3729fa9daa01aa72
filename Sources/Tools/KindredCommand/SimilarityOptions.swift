import ArgumentParser
import LinearAlgebra
import Neighbors

/// How similarity is measured: the options that `graph` and `neighbors` share.
struct SimilarityOptions: ParsableArguments {
    @Option(
        help:
            "What a rating contributes: itself (cosine), itself less the user's mean (centered), or less the biases of user and item (baseline)."
    )
    var measure = SimilarityConfiguration.Measure.cosine

    @Option(
        help:
            "Norms over all items of a user, or over shared items only; centered with shared is Pearson's correlation.")
    var norms = SimilarityConfiguration.Norms.all

    @Option(
        help: ArgumentHelp(
            "Minimum support: items that two neighbors have both rated, \(OptionRange.support.words).", valueName: "n"))
    var minSupport = 1

    @Option(
        help: ArgumentHelp(
            "Least similarity of two neighbors, \(OptionRange.similarity.words); it has to be positive in any case.",
            valueName: "s"))
    var minSimilarity: Float = 0

    @Option(
        help: ArgumentHelp(
            "β: a similarity is multiplied by support/(support + β); \(OptionRange.shrinkage.words).", valueName: "β"))
    var shrinkage = 0.0

    @Option(help: "Item weights: none, idf or bm25, which give rare items more weight.")
    var itemWeights = SimilarityConfiguration.ItemWeights.none

    @OptionGroup var arithmetic: ProductOptions

    func configuration(neighbors: Int) -> SimilarityConfiguration {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = neighbors
        configuration.measure = measure
        configuration.norms = norms
        configuration.minSupport = minSupport
        configuration.minSimilarity = minSimilarity
        configuration.shrinkage = shrinkage
        configuration.itemWeights = itemWeights
        return configuration
    }
}

extension SimilarityConfiguration.Measure: ExpressibleByArgument {}
extension SimilarityConfiguration.Norms: ExpressibleByArgument {}
extension SimilarityConfiguration.ItemWeights: ExpressibleByArgument {}
extension Combination: ExpressibleByArgument {}

/// Who multiplies the vectors of users.
struct ProductOptions: ParsableArguments {
    @Option(
        help: """
            Who multiplies the vectors of users: BLAS (blas), Kindred's kernels (lanes), or whichever is the fastest \
            (auto). The results are the same.
            """)
    var products = Products.auto
}

extension Products: ExpressibleByArgument {}
