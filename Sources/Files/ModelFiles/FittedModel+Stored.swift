public import Engine

extension FittedModel {
    /// A saved model as one that is fitted.
    public init(_ stored: StoredModel) {
        switch stored {
        case .als(let model): self = .als(model)
        case .implicit(let model): self = .implicit(model)
        case .bayes(let model): self = .bayes(model)
        }
    }

    /// The model as one that can be saved, or nil where it cannot.
    public var stored: StoredModel? {
        switch self {
        case .als(let model): .als(model)
        case .implicit(let model): .implicit(model)
        case .bayes(let model): .bayes(model)
        case .mean, .baseline, .popularity, .knn, .ease, .blend: nil
        }
    }
}
