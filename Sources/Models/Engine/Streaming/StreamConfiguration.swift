public import Factorization

/// How a stream is learned and scored.
public struct StreamConfiguration: Sendable {
    /// The models that can follow a stream. `baseline` is that of `RunningBiases`, and always scored; `popularity`
    /// ranks only.
    public static let models: [ModelKind] = [.baseline, .popularity, .als]

    /// The models to score beside `baseline`. The default is `popularity` and `als`.
    public var models: [ModelKind] = [.popularity, .als]
    /// The number of ratings in the sliding window, ≥ 1. The default is 10,000.
    public var window = 10_000
    /// Users with fewer ratings before are new. The default is 10.
    public var newUserLimit = 10
    /// The length of the lists whose hits are counted, ≥ 1. The default is 10.
    public var listLength = 10
    /// The damping of the running biases, ≥ 0. The default is 5.
    public var damping = 5.0
    /// `als` is fitted again when the ratings have grown by this share since the last fit, > 0; nil leaves fits to the
    /// caller. The default is 0.1.
    public var refitShare: Double? = 0.1
    /// Of `als`.
    public var als = ALSConfiguration()

    /// Creates a configuration with the defaults.
    public init() {}

    /// `baseline`, then the others in the order of `ModelKind`.
    package var scored: [ModelKind] { ModelKind.allCases.filter { $0 == .baseline || models.contains($0) } }
}

/// A rating that comes, or goes.
public struct StreamRating: Sendable, Equatable {
    /// The ID of the user.
    public let user: String
    /// The ID of the item.
    public let item: String
    /// The rating, or nil if it is removed.
    public let value: Float?

    /// Creates a rating.
    public init(user: String, item: String, value: Float?) {
        self.user = user
        self.item = item
        self.value = value
    }
}
