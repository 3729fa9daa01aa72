internal import Factorization
internal import LinearAlgebra
internal import Ratings

/// The settings of the tasks `als` and `implicit`, each looked up when a frame needs it: DRAW needs none, and VALUES no mean.
struct FactorSettings {
    let threads: Int
    private let settings: WorkerSettings

    init(_ settings: WorkerSettings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    var task: WorkerTask { settings.task }

    /// The name of rows in errors.
    var side: String { settings.text("side") ?? "row" }

    /// The number of the block's first row in its side.
    var first: Int {
        get throws(WorkerFailure) {
            guard settings.text("first") != nil else { return 0 }
            return try settings.count("first")
        }
    }

    var isStreamed: Bool {
        get throws(WorkerFailure) {
            guard settings.text("stream") != nil else { return false }
            return try settings.flag("stream")
        }
    }

    var rank: Int {
        get throws(WorkerFailure) {
            let rank = try settings.count("rank")
            try OptionRange.rank.check("rank", rank, WorkerSettings.outOfRange)
            return rank
        }
    }

    /// The number of unknowns per row: factors, and a bias for `als`.
    var order: Int {
        get throws(WorkerFailure) { try rank + (task == .als ? 1 : 0) }
    }

    /// μ of `als`; nothing for `implicit`.
    var mean: Float {
        get throws(WorkerFailure) { task == .als ? try settings.float("mean") : 0 }
    }

    func partners(_ limits: WorkerLimits) throws(WorkerFailure) -> Int { try settings.size("partners", limits) }

    /// - Parameters:
    ///   - gramian: FᵀF of all partners, for `implicit`.
    ///   - needsPenalty: whether rows are drawn or solved, and not only read.
    func equations(
        mean: Float, gramian: DenseMatrix<Float>, partners: Int, needsPenalty: Bool
    ) throws(WorkerFailure) -> BlockEquations {
        if task == .als {
            let configuration = needsPenalty ? try explicit() : ALSConfiguration()
            do throws(FactorizationError) { try configuration.validate() } catch { throw .badInput("CONFIG: \(error)") }
            return .explicit(configuration, mean: mean)
        }
        let configuration = try implicit()
        do throws(FactorizationError) { try configuration.validate() } catch { throw .badInput("CONFIG: \(error)") }
        return .implicit(configuration, scale: try scale(), gramian: gramian, partners: partners)
    }

    private func explicit() throws(WorkerFailure) -> ALSConfiguration {
        var configuration = ALSConfiguration()
        configuration.rank = try rank
        configuration.restarts = 1
        configuration.regularization = try settings.double("regularization")
        configuration.biasRegularization = try settings.double("biasRegularization")
        configuration.regularizationExponent = try settings.double("regularizationExponent")
        configuration.solver = try settings.word("solver", Solver.self)
        configuration.threads = threads
        return configuration
    }

    private func implicit() throws(WorkerFailure) -> ImplicitConfiguration {
        var configuration = ImplicitConfiguration()
        configuration.rank = try rank
        configuration.regularization = try settings.double("regularization")
        configuration.unobservedWeight = try settings.double("unobservedWeight")
        configuration.regularizationExponent = try settings.double("regularizationExponent")
        configuration.feedback.threshold = try settings.float("threshold")
        configuration.feedback.least = try settings.double("least")
        configuration.feedback.most = try settings.double("most")
        configuration.highestWeight = try settings.double("highestWeight")
        configuration.solver = try settings.word("solver", Solver.self)
        configuration.threads = threads
        return configuration
    }

    private func scale() throws(WorkerFailure) -> RatingScale {
        let (minimum, maximum) = (try settings.float("scaleMinimum"), try settings.float("scaleMaximum"))
        for end in [minimum, maximum] { try RatingScale.widest.check("a rating", end, WorkerSettings.outOfRange) }
        guard minimum <= maximum else { throw .badInput("CONFIG: scaleMinimum is \(minimum), above \(maximum)") }
        return RatingScale(minimum: minimum, maximum: maximum, step: nil)
    }
}
