/// A model that a comparison fits.
public struct ComparedModel: Sendable {
    /// What it is called in the results; no other model of the comparison has the name.
    public let name: String
    /// Which it is.
    public let kind: ModelKind
    /// How it is fitted; nil for the configuration of the comparison. Minimum ratings of likes are the comparison's in any case.
    public let configuration: ModelConfiguration?

    /// Creates a model that is called by its kind and fitted as the comparison says.
    public init(_ kind: ModelKind) { self.init(kind.rawValue, kind, configuration: nil) }

    /// Creates a model with a name, so that a comparison can have several of a kind.
    public init(_ name: String, _ kind: ModelKind, configuration: ModelConfiguration?) {
        self.name = name
        self.kind = kind
        self.configuration = configuration
    }
}
