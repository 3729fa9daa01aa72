import ArgumentParser
import Engine
import Factorization
import LinearAlgebra
import Neighbors

/// How models are fitted: the options that `train`, `recommend` and `compare` share.
///
/// Each model has an option of its own. Those of one name for several models go where one of these is asked for.
struct ModelOptions: ParsableArguments {
    @OptionGroup var parameters: ParameterOptions

    @Option(
        help: ArgumentHelp(
            "Factors of als (12), implicit (96) and bayes (12), \(OptionRange.rank.words); fewer where users or items are few.",
            valueName: "n"))
    var rank: Int?

    @Option(help: ArgumentHelp("Rounds of als (6) and implicit (8), \(OptionRange.iterations.words).", valueName: "n"))
    var iterations: Int?

    @Option(
        help: ArgumentHelp(
            "λ of als (1.75), implicit (0.018) and ease (400), \(OptionRange.regularization.words).", valueName: "λ"))
    var regularization: Double?

    @Flag(help: "als: no factor below zero.")
    var nonnegative = false

    @Option(
        help: ArgumentHelp(
            "als: restarts whose predictions are averaged, \(OptionRange.restarts.words). (default: 4)", valueName: "n")
    )
    var restarts: Int?

    @Option(
        help: ArgumentHelp(
            "als: a share of the ratings, \(OptionRange.validation.words), on which the number of iterations is chosen first. (default: 0)",
            valueName: "share"))
    var validation: Double?

    @Option(
        help: ArgumentHelp(
            "bayes: Gibbs sweeps that are averaged, \(OptionRange.samples.words). (default: 300)", valueName: "n"))
    var samples: Int?

    @Option(help: ArgumentHelp("bayes: burn-in sweeps, \(OptionRange.burnIn.words). (default: 30)", valueName: "n"))
    var burnIn: Int?

    @Flag(
        help:
            "bayes, ease and blend: learn from attributes of users, genres and years of items, and times of ratings too."
    )
    var features = false

    @Option(
        help: ArgumentHelp(
            "knn: neighbors per prediction, \(OptionRange.neighbors.words). (default: 40)", valueName: "k"))
    var neighbors: Int?

    @Option(
        help: """
            knn: whether the neighbors of a rating are the nearest raters of the item, or of the nearest overall. \
            (default: raters)
            """)
    var neighborhood: UserKNNConfiguration.Neighborhood?

    @Option(
        help: "knn: whether negative similarities are left out (ignore) or count against (oppose). (default: ignore)")
    var negative: UserKNNConfiguration.NegativePolicy?

    @Option(
        help: ArgumentHelp(
            "knn: minimum support of a neighbor, \(OptionRange.support.words). (default: 1)", valueName: "n"))
    var minSupport: Int?

    @Option(
        help: ArgumentHelp(
            "knn: shrinkage β of the similarities, \(OptionRange.shrinkage.words). (default: 200)", valueName: "β"))
    var shrinkage: Double?

    @OptionGroup var likes: LikeOptions

    @Option(
        help: """
            als, implicit, bayes: Cholesky solver, LAPACK (lapack) or Kindred's own faster kernel (kernel). \
            (default: lapack)
            """)
    var solver: Solver?

    @OptionGroup var arithmetic: ProductOptions

    @Option(help: ArgumentHelp("Seed of all random choices. (default: 1)", valueName: "n"))
    var seed: UInt64?

    /// The defaults, then the file, then what the command line says.
    ///
    /// - Parameter models: those that are asked for, to which the options without a model belong.
    func configuration(for models: [ModelKind], threads: Int) throws -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.products = arithmetic.products
        configuration.threads = threads
        try parameters.applyFile(to: &configuration)
        if let seed { configuration.seed = seed }
        if let solver { configuration.solver = solver }
        if features { configuration.usesFeatures = true }
        likes.apply(to: &configuration)
        for setting in try settings(for: models) { try configuration.set(setting) }
        try parameters.applyOptions(to: &configuration)
        return configuration
    }

    /// Throws unless each option without a model is for one of the models, and in its range.
    func validate(for models: [ModelKind]) throws {
        var configuration = ModelConfiguration()
        for setting in try settings(for: models) {
            try configuration.set(setting)
            do { try setting.model.validate(configuration) } catch { throw ValidationError("\(error)") }
        }
    }

    /// What the options without a model say.
    ///
    /// - Throws: `ValidationError` where one could be for several of the models.
    private func settings(for models: [ModelKind]) throws -> [ModelSetting] {
        try flags.compactMap { try $0.setting(asked: models) }
    }

    private var flags: [SharedFlag] {
        func text(_ value: (some CustomStringConvertible)?) -> String? { value.map { "\($0)" } }
        return [
            SharedFlag(name: "rank", value: text(rank), models: [.als, .implicit, .bayes]),
            SharedFlag(name: "iterations", value: text(iterations), models: [.als, .implicit]),
            SharedFlag(name: "regularization", value: text(regularization), models: [.als, .implicit, .ease]),
            SharedFlag(name: "nonnegative", value: nonnegative ? "true" : nil, models: [.als]),
            SharedFlag(name: "restarts", value: text(restarts), models: [.als]),
            SharedFlag(name: "validation", value: text(validation), models: [.als]),
            SharedFlag(name: "samples", value: text(samples), models: [.bayes]),
            SharedFlag(name: "burn-in", value: text(burnIn), models: [.bayes]),
            SharedFlag(name: "neighbors", value: text(neighbors), models: [.knn]),
            SharedFlag(name: "neighborhood", value: neighborhood?.rawValue, models: [.knn]),
            SharedFlag(name: "negative", value: negative?.rawValue, models: [.knn]),
            SharedFlag(name: "min-support", value: text(minSupport), models: [.knn]),
            SharedFlag(name: "shrinkage", value: text(shrinkage), models: [.knn]),
        ]
    }
}

extension UserKNNConfiguration.Neighborhood: ExpressibleByArgument {}
extension UserKNNConfiguration.NegativePolicy: ExpressibleByArgument {}
extension Solver: ExpressibleByArgument {}
