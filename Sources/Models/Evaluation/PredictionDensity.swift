import LinearAlgebra
public import Ratings

/// The distribution of predictions for each actual rating, as a table to plot.
public struct PredictionDensity: Sendable, Equatable {
    /// The distinct ratings, ascending; beyond `maximumRatings`, the midpoints of as many equal parts of the scale.
    public let ratings: [Double]
    /// The lower bounds of the prediction bins, ascending.
    public let bins: [Double]
    /// The width of a bin, in units of the rating.
    public let binWidth: Double
    /// By rating, then by bin.
    public private(set) var counts: [[Int]]

    private static let maximumRatings = 20
    private static let binCount = 32

    /// An empty table.
    public init(of ratings: RatingMatrix) {
        let scale = RatingScale(of: ratings)
        let (minimum, maximum) = (Double(scale?.minimum ?? 0), Double(scale?.maximum ?? 0))
        let distinct = Set(ratings.byUser.values).sorted().map(Double.init)
        let width = maximum - minimum
        let parts = Double(Self.maximumRatings)
        self.ratings =
            distinct.count <= Self.maximumRatings
            ? distinct : (0..<Self.maximumRatings).map { minimum + (Double($0) + 0.5) * width / parts }
        binWidth = max(width, 1e-9) / Double(Self.binCount)
        let binWidth = binWidth
        bins = (0..<Self.binCount).map { minimum + Double($0) * binWidth }
        counts = Array(repeating: Array(repeating: 0, count: Self.binCount), count: self.ratings.count)
    }

    /// Counts a rating and its prediction.
    public mutating func add(_ rating: Double, predicted: Double) {
        guard let nearest = ratings.indices.min(by: { abs(ratings[$0] - rating) < abs(ratings[$1] - rating) }) else {
            return
        }
        // A number may be beyond `Int`, or none.
        let bin = min(Double(bins.count - 1), max(0, (predicted - (bins.first ?? 0)) / binWidth))
        counts[nearest][bin.isFinite ? Int(bin) : 0] += 1
    }
}
