public import Factorization
public import LinearAlgebra
public import Neighbors
public import Ratings

/// How all models are fitted; each field begins with the defaults of its model.
public struct ModelConfiguration: Sendable {
    /// Of `baseline`.
    public var baseline = BiasConfiguration()
    /// Of `als`.
    public var als = ALSConfiguration()
    /// Of `implicit`, and of that part of `blend`.
    public var implicit = ImplicitConfiguration()
    /// Of `bayes`.
    public var bayes = BayesianConfiguration()
    /// Of `ease`, and of that part of `blend`.
    public var ease = EASEConfiguration()
    /// Of the user-user closed form in `blend`.
    public var userEASE = UserEASEConfiguration()
    /// Of the predictions of `knn`.
    public var knn = UserKNNConfiguration()
    /// Of the lists of `knn`.
    public var ranking = UserKNNRankingConfiguration()

    /// The defaults.
    public init() {}

    /// Ratings of at least this much are likes; nil where the scale of the ratings decides, by
    /// `RatingScale.likeThreshold`.
    public var relevance: Float? {
        get { implicit.feedback.threshold }
        set {
            implicit.feedback.threshold = newValue
            ease.feedback.threshold = newValue
            userEASE.feedback.threshold = newValue
        }
    }

    /// The minimum rating of a like among some ratings: the one chosen, else that of their scale.
    public func relevance(of ratings: [RatingMatrix]) -> Float { relevance ?? RatingScale.likeThreshold(of: ratings) }

    /// The same with the minimum rating of a like among some ratings.
    public func resolved(for ratings: RatingMatrix) -> ModelConfiguration {
        var resolved = self
        resolved.relevance = relevance(of: [ratings])
        return resolved
    }

    /// Seeds splits and differences, and every model when it is set; a model can be given another one after that.
    public var seed: UInt64 = 1 {
        didSet {
            als.seed = seed
            implicit.seed = seed
            bayes.seed = seed
        }
    }

    /// Whether `bayes`, `ease` and `blend` learn from what is known beside the ratings.
    public var usesFeatures: Bool {
        get { bayes.usesFeatures }
        set {
            bayes.usesFeatures = newValue
            ease.usesFeatures = newValue
            userEASE.usesFeatures = newValue
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

    /// The fewest items that two neighbors of knn have both rated, to predict and to rank.
    var minSupport: Int {
        get { knn.similarity.minSupport }
        set {
            knn.similarity.minSupport = newValue
            ranking.similarity.minSupport = newValue
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

    /// The same with ranks that suit these ratings: the defaults give way where there are fewer users or items, and every other
    /// rank is what was asked for.
    func ranked(for ratings: RatingMatrix) -> ModelConfiguration {
        var ranked = self
        let highest = max(1, min(ratings.users.count, ratings.items.count) - 1)
        func suiting(_ rank: Int, default usual: Int) -> Int { rank == usual ? min(rank, highest) : rank }
        ranked.als.rank = suiting(als.rank, default: ALSConfiguration().rank)
        ranked.implicit.rank = suiting(implicit.rank, default: ImplicitConfiguration().rank)
        ranked.bayes.rank = suiting(bayes.rank, default: BayesianConfiguration().rank)
        return ranked
    }
}
