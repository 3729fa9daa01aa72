public import Engine

extension FittedModel {
    /// A fitted model from a saved one.
    public init(_ stored: StoredModel) {
        switch stored {
        case .als(let model): self = .als(model)
        case .implicit(let model): self = .implicit(model)
        case .bayes(let model): self = .bayes(model)
        }
    }

    /// The model in a form that can be saved, or nil if it cannot.
    public var stored: StoredModel? {
        switch self {
        case .als(let model): .als(model)
        case .implicit(let model): .implicit(model)
        case .bayes(let model): .bayes(model)
        case .mean, .baseline, .popularity, .knn, .ease, .blend: nil
        }
    }
}
