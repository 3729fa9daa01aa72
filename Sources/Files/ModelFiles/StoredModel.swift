public import Engine
public import Factorization
import FileOutput
import LinearAlgebra
import Ratings

/// A model that can be saved and loaded.
public enum StoredModel: Sendable {
    /// Explicit alternating least squares.
    case als(FactorModel)
    /// Implicit alternating least squares.
    case implicit(ImplicitModel)
    /// Bayesian factorization.
    case bayes(BayesianModel)

    /// The kind of model.
    public var kind: ModelKind {
        switch self {
        case .als: .als
        case .implicit: .implicit
        case .bayes: .bayes
        }
    }

    /// The minimum rating of a like, of a model that learned from likes.
    public var relevance: Float? {
        guard case .implicit(let model) = self else { return nil }
        return model.configuration.feedback.threshold
    }

    /// The name of the kind, as on the command line.
    public var name: String { kind.rawValue }
}

/// The arrays, numbers and configuration of a model.
struct ModelParts {
    var arrays: [(name: String, array: NPYArray, shape: [Int])] = []
    var numbers: [String: Double] = [:]
    var scale: RatingScale?
    var configuration: any Encodable & Sendable

    init(_ model: StoredModel) {
        switch model {
        case .als(let model):
            configuration = model.configuration
            scale = model.scale
            numbers = ["mean": Double(model.mean), "restarts": Double(model.parts.count)]
            for (index, part) in model.parts.enumerated() {
                // The first restart has the plain names, which notebooks expect.
                let suffix = index == 0 ? "" : "_\(index + 1)"
                add("user_factors\(suffix)", part.users.vectors)
                add("user_biases\(suffix)", part.users.biases)
                add("item_factors\(suffix)", part.items.vectors)
                add("item_biases\(suffix)", part.items.biases)
            }
        case .implicit(let model):
            configuration = model.configuration
            scale = model.scale
            numbers = model.configuration.feedback.threshold.map { ["relevant": Double($0)] } ?? [:]
            add("user_factors", model.users)
            add("item_factors", model.items)
            add("item_likes", model.likes.scores(user: nil))
        case .bayes(let model):
            configuration = model.configuration
            scale = model.scale
            numbers = ["mean": model.mean, "noise_variance": model.spread.variance]
            for (side, vectors, noise) in [
                ("user", model.users, model.spread.users), ("item", model.items, model.spread.items),
            ] {
                add("\(side)_means", vectors.means)
                let stack = vectors.covariances
                add("\(side)_covariances", stack.elements, [stack.count, stack.order, stack.order])
                add("\(side)_noise", noise)
            }
            guard let hours = model.hours else { return }
            numbers["unseen_hour_variance"] = hours.unseenVariance
            add("hour_offsets", hours.offsets.map(Int64.init))
            add("hours", hours.startHours)
            add("hour_means", hours.means)
            add("hour_variances", hours.variances)
        }
    }

    private mutating func add(_ name: String, _ matrix: DenseMatrix<Float>) {
        add(name, Array(matrix.storage), [matrix.rows, matrix.columns])
    }

    private mutating func add(_ name: String, _ values: [Float], _ shape: [Int]? = nil) {
        let shape = shape ?? [values.count]
        arrays.append(("\(name).npy", NPYArray(values, shape: shape), shape))
    }

    private mutating func add(_ name: String, _ values: [Int64]) {
        arrays.append(("\(name).npy", NPYArray(values, shape: [values.count]), [values.count]))
    }
}
