import ArgumentParser
import Engine
import Factorization
import LinearAlgebra
import Neighbors

/// How models are fitted: the options that `train`, `recommend` and `compare` share.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Factors of als (12), implicit (96) and bayes (12); fewer where users or items are few.", valueName: "n"))
    var rank: Int?

    @Option(help: ArgumentHelp("Rounds of als (6) and implicit (8).", valueName: "n"))
    var iterations: Int?

    @Option(help: ArgumentHelp("λ of als (1.75), implicit (0.018) and ease (400).", valueName: "λ"))
    var regularization: Double?

    @Flag(help: "als: no factor below zero.")
    var nonnegative = false

    @Option(help: ArgumentHelp("als: starts whose predictions are averaged.", valueName: "n"))
    var restarts = 4

    @Option(
        help: ArgumentHelp(
            "als: a share of the ratings on which the number of iterations is chosen first.", valueName: "share"))
    var validation = 0.0

    @Option(help: ArgumentHelp("bayes: sweeps whose draws are summed up.", valueName: "n"))
    var samples = 300

    @Option(help: ArgumentHelp("bayes: sweeps before that.", valueName: "n"))
    var burnIn = 30

    @Flag(help: "bayes: learn from attributes of users, genres and years of items, and times of ratings too.")
    var features = false

    @Option(help: ArgumentHelp("knn: neighbors that count for a rating (40).", valueName: "k"))
    var neighbors: Int?

    @Option(
        help: "knn: whether the neighbors of a rating are the nearest raters of the item, or of the nearest overall.")
    var neighborhood = UserKNNConfiguration.Neighborhood.raters

    @Option(help: "knn: whether negative similarities are left out (ignore) or count against (oppose).")
    var negative = UserKNNConfiguration.NegativePolicy.ignore

    @Option(help: ArgumentHelp("knn: fewest items that two neighbors have both rated.", valueName: "n"))
    var minSupport = 1

    @Option(help: ArgumentHelp("knn: β of the similarities behind a rating (200).", valueName: "β"))
    var shrinkage: Double?

    @Option(help: ArgumentHelp("Ratings of at least this much are likes.", valueName: "rating"))
    var relevant: Float = 4

    @Option(
        help:
            "als, implicit, bayes: who solves the equations, LAPACK's Cholesky or Kindred's own kernel, which is faster."
    )
    var solver = Solver.lapack

    @OptionGroup var arithmetic: ProductOptions

    @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 1

    func configuration(threads: Int) -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.rank = rank
        configuration.seed = seed
        configuration.solver = solver
        configuration.products = arithmetic.products
        configuration.threads = threads
        configuration.relevance = relevant
        configuration.als.iterations = iterations ?? configuration.als.iterations
        configuration.implicit.iterations = iterations ?? configuration.implicit.iterations
        configuration.als.regularization = regularization ?? configuration.als.regularization
        configuration.implicit.regularization = regularization ?? configuration.implicit.regularization
        configuration.ease.regularization = regularization ?? configuration.ease.regularization
        configuration.als.isNonnegative = nonnegative
        configuration.als.restarts = restarts
        configuration.als.validationShare = validation
        configuration.bayes.samples = samples
        configuration.bayes.burnIn = burnIn
        configuration.bayes.usesFeatures = features
        configuration.knn.similarity.neighbors = neighbors ?? configuration.knn.similarity.neighbors
        configuration.knn.similarity.shrinkage = shrinkage ?? configuration.knn.similarity.shrinkage
        configuration.knn.similarity.minSupport = minSupport
        configuration.knn.neighborhood = neighborhood
        configuration.knn.negative = negative
        configuration.ranking.similarity.minSupport = minSupport
        return configuration
    }

    /// The options that were chosen, by name, for a report.
    var chosen: [String: String] {
        var chosen = ["relevant": "\(relevant)", "seed": "\(seed)"]
        chosen["rank"] = rank.map(String.init)
        chosen["iterations"] = iterations.map(String.init)
        chosen["regularization"] = regularization.map { "\($0)" }
        chosen["neighbors"] = neighbors.map(String.init)
        chosen["shrinkage"] = shrinkage.map { "\($0)" }
        if nonnegative { chosen["nonnegative"] = "true" }
        if restarts != 4 { chosen["restarts"] = "\(restarts)" }
        if validation != 0 { chosen["validation"] = "\(validation)" }
        if samples != 300 { chosen["samples"] = "\(samples)" }
        if burnIn != 30 { chosen["burn-in"] = "\(burnIn)" }
        if features { chosen["features"] = "true" }
        if neighborhood != .raters { chosen["neighborhood"] = neighborhood.rawValue }
        if arithmetic.products != .auto { chosen["products"] = arithmetic.products.rawValue }
        if solver != .lapack { chosen["solver"] = solver.rawValue }
        if negative != .ignore { chosen["negative"] = negative.rawValue }
        if minSupport != 1 { chosen["min-support"] = "\(minSupport)" }
        return chosen
    }
}

extension UserKNNConfiguration.Neighborhood: ExpressibleByArgument {}
extension UserKNNConfiguration.NegativePolicy: ExpressibleByArgument {}
extension Solver: ExpressibleByArgument {}
