/// The models, by their names on the command line.
public enum ModelKind: String, Sendable, CaseIterable {
    /// The mean of all ratings; predicts only, as do the next three.
    case global
    /// The mean of the user's ratings.
    case userMean = "user-mean"
    /// The mean of the item's ratings.
    case itemMean = "item-mean"
    /// Regularized biases of user and item.
    case baseline
    /// What most users liked; ranks only.
    case popularity
    /// Explicit alternating least squares.
    case als
    /// Bayesian matrix factorization.
    case bayes
    /// User-KNN.
    case knn
    /// Implicit alternating least squares; ranks only, as do the next two.
    case implicit
    /// The item-item closed form.
    case ease
    /// `implicit` and the user-user closed form together.
    case blend
}
