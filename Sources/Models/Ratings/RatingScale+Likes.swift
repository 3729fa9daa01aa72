import LinearAlgebra

extension RatingScale {
    /// The least rating that is possible at min + ¾·(max − min) or above: 4 of whole stars 1…5, 4 too of half stars 0.5…5
    /// (3.875 and up), 8 of whole points 1…10 (7.75 and up), and 7.75 itself where ratings are any numbers from 1 to 10.
    public var likeBound: Float {
        let bound = Double(minimum) + 0.75 * (Double(maximum) - Double(minimum))
        guard let step else { return Float(bound) }
        return Float((bound / Double(step)).rounded(.up) * Double(step))
    }

    /// The minimum rating of a like where nobody chose one: the least of the ratings that is min + ¾·(max − min) or more.
    ///
    /// Of the ratings 1, 2, …, 5 that is 4; of 0.5, 1, …, 5 it is 4 too, and of 1, 2, …, 10 it is 8. Of the ratings 4, 6
    /// and 10 the bound is 8.5 and the threshold 10. Where all ratings are equal, each is a like: of plays that all count
    /// 1 it is 1. Without ratings it is 0.
    ///
    /// - Parameter ratings: matrices on one scale, such as the training and test ratings of a split.
    /// - Complexity: O(ratings).
    public static func likeThreshold(of ratings: [RatingMatrix]) -> Float {
        let scales = ratings.compactMap { RatingScale(of: $0) }
        guard let first = scales.first else { return 0 }
        let whole = RatingScale(
            minimum: scales.reduce(first.minimum) { min($0, $1.minimum) },
            maximum: scales.reduce(first.maximum) { max($0, $1.maximum) }, step: nil)
        return whole.likeThreshold(of: ratings)
    }

    /// The same of ratings that are known to have this scale.
    public func likeThreshold(of ratings: [RatingMatrix]) -> Float {
        let bound = RatingScale(minimum: minimum, maximum: maximum, step: nil).likeBound
        return ratings.reduce(maximum) { least, ratings in
            // Likes come in no order, which a branch would have to guess.
            ratings.byUser.values.reduce(least) { min($0, $1 >= bound ? $1 : maximum) }
        }
    }
}
