import Evaluation

/// A model that was fitted elsewhere, such as on a cluster, on the training ratings of a comparison's only fold.
public struct GivenModel: Sendable {
    /// What it is called in the results; no other model of the comparison has the name.
    public let name: String
    /// Which it is.
    public let kind: ModelKind
    /// The model, with a row for each user and item of the training ratings.
    public let model: FittedModel

    /// Creates a model with a name.
    public init(name: String, kind: ModelKind, model: FittedModel) {
        self.name = name
        self.kind = kind
        self.model = model
    }
}

/// A model of a comparison: one to fit, or a given one.
struct Contestant {
    let name: String
    let kind: ModelKind
    /// Its own, where it has one.
    let configuration: ModelConfiguration?
    let given: FittedModel?

    init(_ model: ComparedModel) {
        (name, kind, configuration, given) = (model.name, model.kind, model.configuration, nil)
    }

    init(_ model: GivenModel) { (name, kind, configuration, given) = (model.name, model.kind, nil, model.model) }
}

/// A fitted model that ranks, with its list for each test user.
struct Ranker {
    let name: String
    let kind: ModelKind
    let model: FittedModel
    let lists: [RankedList]
}
