import ArgumentParser
import LinearAlgebra
import Neighbors

/// How similarity is measured: the options that `graph` and `neighbors` share.
struct SimilarityOptions: ParsableArguments {
    @Option(
        help:
            "What a rating contributes: itself (cosine), itself less the user's mean (centered), or less the biases of user and item (baseline). (default: cosine)"
    )
    var measure: SimilarityConfiguration.Measure?

    @Option(
        help:
            "Norms over all items of a user, or over shared items only; centered with shared is Pearson's correlation. (default: all)"
    )
    var norms: SimilarityConfiguration.Norms?

    @Option(
        help: ArgumentHelp(
            "Minimum support: items that two neighbors have both rated, \(OptionRange.support.words). (default: 1)",
            valueName: "n"))
    var minSupport: Int?

    @Option(
        help: ArgumentHelp(
            "Least similarity of two neighbors, \(OptionRange.similarity.words); it has to be positive in any case. (default: 0)",
            valueName: "s"))
    var minSimilarity: Float?

    @Option(
        help: ArgumentHelp(
            "β: a similarity is multiplied by support/(support + β); \(OptionRange.shrinkage.words). (default: 0)",
            valueName: "β"))
    var shrinkage: Double?

    @Option(help: "Item weights: none, idf or bm25, which give rare items more weight. (default: none)")
    var itemWeights: SimilarityConfiguration.ItemWeights?

    @OptionGroup var arithmetic: ProductOptions

    /// - Parameter neighbors: nil for the default.
    func configuration(neighbors: Int?) -> SimilarityConfiguration {
        var configuration = SimilarityConfiguration()
        if let neighbors { configuration.neighbors = neighbors }
        if let measure { configuration.measure = measure }
        if let norms { configuration.norms = norms }
        if let minSupport { configuration.minSupport = minSupport }
        if let minSimilarity { configuration.minSimilarity = minSimilarity }
        if let shrinkage { configuration.shrinkage = shrinkage }
        if let itemWeights { configuration.itemWeights = itemWeights }
        return configuration
    }

    /// The options that choose neighbors and were typed.
    var typed: [String] {
        [
            ("--measure", measure != nil), ("--norms", norms != nil), ("--min-support", minSupport != nil),
            ("--min-similarity", minSimilarity != nil), ("--shrinkage", shrinkage != nil),
            ("--item-weights", itemWeights != nil),
        ].filter(\.1).map(\.0)
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
