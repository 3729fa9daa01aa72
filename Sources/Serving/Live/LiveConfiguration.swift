public import Engine
public import Privacy

/// What a refresh computes.
public struct LiveConfiguration: Sendable {
    public var graph = GraphConfiguration()
    public var models = ModelConfiguration()
    /// The models that recommend.
    public var kinds: [ModelKind] = [.blend, .als, .implicit, .bayes, .knn, .popularity]
    /// The models that are compared on a tenth of the ratings, held out; none for no comparison.
    public var compared: [ModelKind] = [.als, .implicit, .bayes, .knn]
    /// The share of the ratings that has to change before models are compared again, 0 or more. At 0 any change is enough. The
    /// default is 0.01.
    public var compareAfter = 0.01
    /// The length of the lists that are kept in the store.
    public var listLength = 10
    /// The fewest people whose figures others than administrators see.
    public var smallestGroup = SmallestGroup()
    /// That of the program; written with each run.
    public var version = ""

    public init() {}

    public var threads: Int {
        get { graph.threads }
        set {
            graph.threads = newValue
            models.threads = newValue
        }
    }
}
