import Factorization
import LinearAlgebra
import Neighbors
import Ratings

extension ModelKind {
    /// The parameters of the model, in the order in which they are listed and written; none for a model without a choice.
    ///
    /// `blend` has those of its users' closed form; its other half is `implicit` with the parameters of that.
    public var parameters: [ModelParameter] {
        switch self {
        case .global, .userMean, .itemMean, .popularity: []
        case .baseline: Self.baselineParameters
        case .als: Self.alsParameters
        case .bayes: Self.bayesParameters
        case .knn: Self.knnParameters
        case .implicit: Self.implicitParameters
        case .ease: Self.easeParameters
        case .blend: Self.blendParameters
        }
    }

    /// The models that have parameters.
    public static var withParameters: [ModelKind] { allCases.filter { !$0.parameters.isEmpty } }

    /// Those whose parameters count where some models are fitted: for `blend` also `implicit`.
    public static func involved(in models: [ModelKind]) -> [ModelKind] {
        withParameters.filter { models.contains($0) || $0 == .implicit && models.contains(.blend) }
    }

    /// Throws unless all parameters of the model are in their ranges.
    public func validate(_ configuration: ModelConfiguration) throws {
        switch self {
        case .global, .userMean, .itemMean, .popularity: break
        case .baseline: try configuration.baseline.validate()
        case .als: try configuration.als.validate()
        case .bayes: try configuration.bayes.validate()
        case .knn:
            try configuration.knn.validate()
            try configuration.ranking.validate()
        case .implicit: try configuration.implicit.validate()
        case .ease: try configuration.ease.validate()
        case .blend: try configuration.userEASE.validate()
        }
    }

    private static let baselineParameters = [
        ModelParameter(
            "user-regularization", \.baseline.userRegularization, in: OptionRange.regularization,
            search: .logarithmic(1...50)),
        ModelParameter(
            "item-regularization", \.baseline.itemRegularization, in: OptionRange.regularization,
            search: .logarithmic(1...50)),
        ModelParameter("iterations", \.baseline.iterations, in: OptionRange.iterations),
    ]

    private static let alsParameters = [
        ModelParameter("rank", \.als.rank, in: OptionRange.rank, search: .counts(8...96)),
        ModelParameter(
            "regularization", \.als.regularization, in: OptionRange.regularization, search: .logarithmic(0.3...10)),
        ModelParameter(
            "bias-regularization", \.als.biasRegularization, in: OptionRange.regularization,
            search: .logarithmic(0.1...10)),
        ModelParameter(
            "regularization-exponent", \.als.regularizationExponent, in: OptionRange.exponent,
            search: .linear(0.2...0.7)),
        ModelParameter("iterations", \.als.iterations, in: OptionRange.iterations, search: .steps([6, 8, 11, 15, 20])),
        ModelParameter("nonnegative", \.als.isNonnegative),
        ModelParameter("restarts", \.als.restarts, in: OptionRange.restarts),
        ModelParameter("validation", \.als.validationShare, in: OptionRange.validation),
        ModelParameter("solver", \.als.solver),
        ModelParameter("seed", \.als.seed),
    ]

    private static let bayesParameters = [
        ModelParameter("rank", \.bayes.rank, in: OptionRange.rank, search: .counts(4...40)),
        ModelParameter("burn-in", \.bayes.burnIn, in: OptionRange.burnIn),
        ModelParameter("samples", \.bayes.samples, in: OptionRange.samples),
        ModelParameter("features", \.bayes.usesFeatures),
        ModelParameter("solver", \.bayes.solver),
        ModelParameter("seed", \.bayes.seed),
    ]

    private static let knnParameters = [
        ModelParameter("neighbors", \.knn.similarity.neighbors, in: OptionRange.neighbors, search: .counts(15...150)),
        ModelParameter("measure", \.knn.similarity.measure, search: .choices(["baseline", "centered"])),
        ModelParameter("norms", \.knn.similarity.norms),
        ModelParameter(
            "shrinkage", \.knn.similarity.shrinkage, in: OptionRange.shrinkage, search: .logarithmic(20...1000)),
        ModelParameter("min-support", \.minSupport, in: OptionRange.support),
        ModelParameter("min-similarity", \.knn.similarity.minSimilarity, in: OptionRange.similarity),
        ModelParameter("item-weights", \.knn.similarity.itemWeights),
        ModelParameter("neighborhood", \.knn.neighborhood),
        ModelParameter("negative", \.knn.negative, search: .choices(["ignore", "oppose"])),
        ModelParameter("damping", \.knn.damping, in: OptionRange.shrinkage, search: .logarithmic(0.02...1)),
        ModelParameter(
            "user-regularization", \.knn.biases.userRegularization, in: OptionRange.regularization,
            search: .logarithmic(2...50)),
        ModelParameter(
            "item-regularization", \.knn.biases.itemRegularization, in: OptionRange.regularization,
            search: .logarithmic(1...25)),
        ModelParameter("ranking-neighbors", \.ranking.similarity.neighbors, in: OptionRange.neighbors),
        ModelParameter("ranking-measure", \.ranking.similarity.measure),
        ModelParameter("ranking-shrinkage", \.ranking.similarity.shrinkage, in: OptionRange.shrinkage),
        ModelParameter("ranking-item-weights", \.ranking.similarity.itemWeights),
        ModelParameter("amplification", \.ranking.amplification, in: OptionRange.amplification),
    ]

    private static let implicitParameters = [
        ModelParameter("rank", \.implicit.rank, in: OptionRange.rank, search: .counts(24...160)),
        ModelParameter(
            "regularization", \.implicit.regularization, in: OptionRange.regularization,
            search: .logarithmic(0.002...0.2)),
        ModelParameter(
            "unobserved-weight", \.implicit.unobservedWeight, in: OptionRange.unobservedWeight,
            search: .logarithmic(0.03...1)),
        ModelParameter(
            "regularization-exponent", \.implicit.regularizationExponent, in: OptionRange.exponent,
            search: .linear(0.5...1)),
        ModelParameter("least", \.implicit.feedback.least, in: OptionRange.least, search: .linear(-0.3...0.5)),
        ModelParameter("most", \.implicit.feedback.most, in: OptionRange.most, search: .linear(1...1.6)),
        ModelParameter(
            "highest-weight", \.implicit.highestWeight, in: OptionRange.highestWeight, search: .linear(1...3)),
        ModelParameter("alpha", \.implicit.alpha, range: OptionRange.alpha.words + ", or none"),
        ModelParameter("iterations", \.implicit.iterations, in: OptionRange.iterations, search: .counts(5...16)),
        ModelParameter("solver", \.implicit.solver),
        ModelParameter("seed", \.implicit.seed),
    ]

    private static let easeParameters = [
        ModelParameter("regularization", \.ease.regularization, in: OptionRange.ridge, search: .logarithmic(50...3000)),
        ModelParameter("least", \.ease.feedback.least, in: OptionRange.least, search: .linear(-0.5...0.5)),
        ModelParameter("most", \.ease.feedback.most, in: OptionRange.most, search: .linear(1...2)),
        ModelParameter("features", \.ease.usesFeatures),
    ]

    private static let blendParameters = [
        ModelParameter(
            "regularization", \.userEASE.regularization, in: OptionRange.ridge, search: .logarithmic(30...3000)),
        ModelParameter(
            "popularity-exponent", \.userEASE.popularityExponent, in: OptionRange.popularityExponent,
            search: .linear(0...1)),
        ModelParameter("least", \.userEASE.feedback.least, in: OptionRange.least, search: .linear(-0.5...0.5)),
        ModelParameter("most", \.userEASE.feedback.most, in: OptionRange.most, search: .linear(1...2)),
        ModelParameter("features", \.userEASE.usesFeatures),
    ]
}

extension Solver: TextualValue {}
extension SimilarityConfiguration.Measure: TextualValue {}
extension SimilarityConfiguration.Norms: TextualValue {}
extension SimilarityConfiguration.ItemWeights: TextualValue {}
extension UserKNNConfiguration.Neighborhood: TextualValue {}
extension UserKNNConfiguration.NegativePolicy: TextualValue {}
