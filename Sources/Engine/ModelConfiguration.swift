public import Factorization
public import LinearAlgebra
public import Neighbors
import Ratings

/// How all models are fitted; each field begins with the defaults of its model.
public struct ModelConfiguration: Sendable {
    public var als = ALSConfiguration()
    public var implicit = ImplicitConfiguration()
    public var bayes = BayesianConfiguration()
    public var ease = EASEConfiguration()
    public var userEASE = UserEASEConfiguration()
    public var knn = UserKNNConfiguration()
    public var ranking = UserKNNRankingConfiguration()
    /// The number of factors of `als`, `implicit` and `bayes`, or nil for their defaults, which give way where there are
    /// fewer users or items.
    public var rank: Int?

    public init() {}

    /// Ratings of at least this much are likes.
    public var relevance: Float {
        get { implicit.feedback.threshold }
        set {
            implicit.feedback.threshold = newValue
            ease.feedback.threshold = newValue
            userEASE.feedback.threshold = newValue
        }
    }

    public var seed: UInt64 {
        get { als.seed }
        set {
            als.seed = newValue
            implicit.seed = newValue
            bayes.seed = newValue
        }
    }

    /// Who solves the equations of `als`, `implicit` and `bayes`.
    public var solver: Solver {
        get { als.solver }
        set {
            als.solver = newValue
            implicit.solver = newValue
            bayes.solver = newValue
        }
    }

    /// Who multiplies the vectors of users for `knn`; results do not depend on it.
    public var products: Products {
        get { knn.products }
        set {
            knn.products = newValue
            ranking.products = newValue
        }
    }

    /// Results do not depend on it.
    public var threads: Int {
        get { als.threads }
        set {
            als.threads = newValue
            implicit.threads = newValue
            bayes.threads = newValue
            knn.threads = newValue
            ranking.threads = newValue
        }
    }

    /// The same with the ranks that these ratings get.
    func ranked(for ratings: RatingMatrix) -> ModelConfiguration {
        var ranked = self
        let highest = max(1, min(ratings.users.count, ratings.items.count) - 1)
        ranked.als.rank = rank ?? min(als.rank, highest)
        ranked.implicit.rank = rank ?? min(implicit.rank, highest)
        ranked.bayes.rank = rank ?? min(bayes.rank, highest)
        return ranked
    }
}
