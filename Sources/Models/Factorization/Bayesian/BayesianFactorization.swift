import LinearAlgebra
public import Ratings
import RealModule

/// Bayesian matrix factorization by Gibbs sampling: the normal equations of least squares, with a sample around each
/// solution.
///
/// r_ui ~ N(μ + z_u·y_i, 1/(α·a_u·a_i)), where the vectors z and y hold factors and a bias, which multiplies a 1 on the
/// other side. With features, a vector is the sum of those of its ID and its features, such as an occupation, a genre,
/// or the items a user rated; and each hour in which a user rated has a bias. Priors are sampled too (`GaussianPrior`,
/// `NoiseModel`, `HourBiases`), so there is no regularization to choose.
///
/// - Complexity: O(sweeps · (ratings · rank² + rows · rank³)) time, parallel except for the moves along shared
///   features, ratings · rank² of it; O((users + items) · rank²) memory, for any number of samples.
///
/// Source: Salakhutdinov & Mnih 2008, doi:10.1145/1390156.1390267. Features: Rendle 2013, doi:10.14778/2535573.2488340.
/// Where we differ: biases are coordinates of the same equations, the noise depends on user and item, and samples are
/// aligned and accumulated (`PosteriorMoments`) instead of stored.
public struct BayesianFactorization: Sendable {
    /// The configuration of the sampler.
    public let configuration: BayesianConfiguration

    /// - Throws: `FactorizationError` if the configuration is out of range.
    public init(
        _ configuration: BayesianConfiguration = BayesianConfiguration()
    ) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - side: side information, used if the configuration uses features.
    ///   - progress: called after each sweep, counted from 1, with its training RMSE.
    public func fit(
        _ ratings: RatingMatrix, side: SideInformation = SideInformation(users: [], items: []),
        progress: ((_ sweep: Int, _ error: Double) -> Void)? = nil
    ) throws(FactorizationError) -> BayesianModel {
        let scale = RatingScale(of: ratings)
        try requireRank(configuration.rank, for: ratings)
        try requireSpread(scale)
        var chain = try Chain(ratings, configuration, side)
        for sweep in 0..<configuration.burnIn + configuration.samples {
            let error = try chain.sweep(sweep, counts: sweep >= configuration.burnIn)
            guard error.isFinite else { throw .notFinite(iteration: sweep + 1) }
            progress?(sweep + 1, error)
        }
        return chain.model(scale: scale)
    }
}

/// The state of the sampler.
private struct Chain {
    private let configuration: BayesianConfiguration
    private let places: RatingPlaces
    private var users: GibbsSide
    private var items: GibbsSide
    private var hours: HourBiases?
    private var noise: NoiseModel
    private var mean: Double
    private var generator: SeededGenerator
    private var moments: PosteriorMoments
    private var spread: PosteriorSpread

    /// - Throws: `FactorizationError.cancelled`: large matrices take a second.
    init(
        _ ratings: RatingMatrix, _ configuration: BayesianConfiguration, _ side: SideInformation
    ) throws(FactorizationError) {
        let order = configuration.rank + 1
        let (userCount, itemCount) = (ratings.users.count, ratings.items.count)
        self.configuration = configuration
        var generator = SeededGenerator(seed: configuration.seed)
        places = RatingPlaces(ratings.byUser)
        let numbered = ratings.byUser.withValues((0..<ratings.count).map(Double.init))
        let usesFeatures = configuration.usesFeatures
        let hours =
            usesFeatures
            ? ratings.timestamps.map { [places] in HourBiases(places, times: $0, userCount: userCount) } : nil
        self.hours = hours
        let labels = hours?.labels ?? []
        func makeSide(
            _ name: String, _ number: Int, _ numbered: SparseMatrix<Double>, _ features: [FeatureGroup]
        ) throws(FactorizationError) -> GibbsSide {
            if Cancellation.current.isRequested { throw .cancelled }
            return GibbsSide(
                name, number: number, numbered: numbered, ratings: ratings.byUser.values, hours: labels,
                blocks: Self.blocks(numbered, usesFeatures ? features : nil, order, &generator), order: order)
        }
        users = try makeSide("user", 0, numbered, side.users)
        items = try makeSide("item", 1, numbered.transposed(threads: configuration.threads), side.items)
        if Cancellation.current.isRequested { throw .cancelled }
        self.generator = generator
        noise = NoiseModel(places, users: userCount, items: itemCount)
        mean = ratings.byUser.values.reduce(0) { $0 + Double($1) } / Double(ratings.count)
        moments = PosteriorMoments(places, users: userCount, items: itemCount, order: order)
        spread = PosteriorSpread(users: userCount, items: itemCount, hours: hours?.values.count ?? 0)
    }

    /// The blocks of a side: its partners in the ratings, its features, and its IDs.
    private static func blocks(
        _ ratings: SparseMatrix<Double>, _ features: [FeatureGroup]?, _ order: Int, _ generator: inout SeededGenerator
    ) -> [FeatureBlock] {
        var blocks: [FeatureBlock] = []
        if let features {
            let partners = FeatureGroup(
                name: "ratings",
                memberships: (0..<ratings.rows).map { row in
                    ratings.columnIndices[ratings.entries(ofRow: row)].map(Int.init)
                }, count: ratings.columns)
            for group in [partners] + features {
                blocks.append(FeatureBlock(group.weights, order: order, using: &generator))
            }
        }
        blocks.append(FeatureBlock(rows: ratings.rows, order: order, using: &generator))
        return blocks
    }

    /// Samples everything once.
    ///
    /// - Returns: the training RMSE.
    mutating func sweep(_ index: Int, counts: Bool) throws(FactorizationError) -> Double {
        let threads = configuration.threads
        func sweep(_ own: [Double], _ other: [Double]) -> GibbsSide.Sweep {
            GibbsSide.Sweep(
                index: index, seed: configuration.seed, mean: mean, hours: hours?.values.map { Float($0) } ?? [],
                weights: own.map { Float(noise.precision * $0) }, partnerWeights: other.map { Float($0) },
                solver: configuration.solver, threads: threads)
        }
        try users.draw(against: BiasedRows(items.totals), sweep(noise.users, noise.items))
        try items.draw(against: BiasedRows(users.totals), sweep(noise.items, noise.users))

        var errors = users.residuals(against: BiasedRows(items.totals), threads: threads)
        hours?.draw(from: &errors, mean: mean, noise, places, using: &generator)
        let sums = errorSums(errors)
        drawMean(sums)
        noise.draw(
            users: sums.map { $0.weighted.squares(about: mean) },
            items: { items.squares(errors, mean: mean, weights: $0, threads: threads) },
            threads: threads, using: &generator)
        if counts {
            moments.add(users: users.totals, items: items.totals, mean: mean, threads: threads)
            spread.add(noise, hours)
        }
        return (sums.reduce(0) { $0 + $1.plain.squares(about: mean) } / Double(errors.count)).squareRoot()
    }

    /// Σ w, Σ w·e and Σ w·e² over errors.
    private struct Sums {
        var weight = 0.0
        var first = 0.0
        var second = 0.0

        mutating func add(_ error: Double, times weight: Double) {
            self.weight += weight
            first += weight * error
            second += weight * error * error
        }

        /// Σ w·(e − μ)².
        func squares(about mean: Double) -> Double { max(0, second - mean * (2 * first - mean * weight)) }
    }

    /// Per user, the sums of errors with and without item weights.
    private func errorSums(_ errors: [Float]) -> [(weighted: Sums, plain: Sums)] {
        let weights = noise.items
        return users.byRow(threads: configuration.threads) { _, entries, partners in
            var (weighted, plain) = (Sums(), Sums())
            for entry in entries {
                let error = Double(errors[entry])
                weighted.add(error, times: weights[Int(partners[entry])])
                plain.add(error, times: 1)
            }
            return (weighted, plain)
        }
    }

    /// μ ~ N(Σ ω·e / Σ ω, 1/(α·Σ ω)), with e the rating minus all other terms.
    private mutating func drawMean(_ sums: [(weighted: Sums, plain: Sums)]) {
        var (total, weighted) = (0.0, 0.0)
        for (sum, weight) in zip(sums, noise.users) {
            total += weight * sum.weighted.weight
            weighted += weight * sum.weighted.first
        }
        mean = weighted / total + generator.normal() / (noise.precision * total).squareRoot()
    }

    func model(scale: RatingScale?) -> BayesianModel {
        let (userVectors, itemVectors) = moments.posteriors
        return BayesianModel(
            mean: moments.mean, users: userVectors, items: itemVectors, spread: spread.means,
            hours: hours.map { HourPosterior(hours: $0.hours, spread.hourMeans, unseenVariance: spread.unseenHour) },
            configuration: configuration, scale: scale)
    }
}
