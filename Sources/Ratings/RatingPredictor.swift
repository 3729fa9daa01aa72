/// A model that says how a user would rate an item.
public protocol RatingPredictor: Sendable {
    /// The rating expected of a user for an item; finite, whatever is asked.
    ///
    /// - Parameters:
    ///   - user: an index of the vocabulary the model was fitted on, or nil for a user unseen there.
    ///   - item: likewise.
    func prediction(user: Int?, item: Int?) -> Double
}
