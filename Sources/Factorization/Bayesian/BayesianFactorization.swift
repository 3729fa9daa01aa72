import LinearAlgebra
public import Ratings
import RealModule

/// Bayesian matrix factorization by Gibbs sampling: the same normal equations as least squares, and a draw around each solution.
///
/// r_ui ~ N(μ + z_u·y_i, 1/(α·a_u·a_i)), where the vectors z and y hold factors and, against a 1 on the other side, a bias.
/// With features a vector is the sum of its id's own and of those of its features, such as an occupation, a genre, or the
/// items that a user rated; and each hour in which a user rated has a bias. Priors are drawn along (`GaussianPrior`,
/// `NoiseModel`, `HourBiases`), so there is no regularization to choose.
///
/// - Complexity: O(sweeps · (ratings · rank² + rows · rank³)) time, of which the ratings and the ids are shared by the
///   threads; O((users + items) · rank²) memory, whatever the number of samples.
///
/// Source: Salakhutdinov & Mnih 2008, doi:10.1145/1390156.1390267. Features: Rendle 2013, doi:10.14778/2535573.2488340. Where we
/// differ: biases are coordinates of the same equations, the noise depends on user and item, and draws are summed up in one
/// form (`PosteriorMoments`) instead of being kept.
public struct BayesianFactorization: Sendable {
    public let configuration: BayesianConfiguration

    /// - Throws: `FactorizationError` where the configuration is out of range.
    public init(
        _ configuration: BayesianConfiguration = BayesianConfiguration()
    ) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - side: what is known beside the ratings; it counts where the configuration uses features.
    ///   - progress: told of each sweep that is done, counted from 1, with the root mean square of its training errors.
    public func fit(
        _ ratings: RatingMatrix, side: SideInformation = SideInformation(users: [], items: []),
        progress: ((_ sweep: Int, _ error: Double) -> Void)? = nil
    ) throws(FactorizationError) -> BayesianModel {
        let scale = RatingScale(of: ratings)
        try requireRank(configuration.rank, for: ratings)
        try requireSpread(scale)
        var chain = Chain(ratings, configuration, side)
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

    init(_ ratings: RatingMatrix, _ configuration: BayesianConfiguration, _ side: SideInformation) {
        let order = configuration.rank + 1
        let (userCount, itemCount) = (ratings.users.count, ratings.items.count)
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed)
        places = RatingPlaces(ratings.byUser)
        let numbered = ratings.byUser.withValues((0..<ratings.count).map(Double.init))
        let usesFeatures = configuration.usesFeatures
        users = GibbsSide(
            "user", number: 0, ratings: numbered,
            blocks: Self.blocks(numbered, usesFeatures ? side.users : nil, order, &generator), order: order)
        items = GibbsSide(
            "item", number: 1, ratings: numbered.transposed(),
            blocks: Self.blocks(numbered.transposed(), usesFeatures ? side.items : nil, order, &generator), order: order
        )
        if usesFeatures, let times = ratings.timestamps {
            hours = HourBiases(places, times: times, userCount: userCount)
        }
        noise = NoiseModel(users: userCount, items: itemCount)
        mean = places.values.reduce(0, +) / Double(places.values.count)
        moments = PosteriorMoments(places, users: userCount, items: itemCount, order: order)
        spread = PosteriorSpread(users: userCount, items: itemCount, hours: hours?.values.count ?? 0)
    }

    /// The blocks of a side: whom it met in the ratings, its features, and its ids.
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

    /// Draws everything once.
    ///
    /// - Returns: the root mean square of the training errors.
    mutating func sweep(_ index: Int, counts: Bool) throws(FactorizationError) -> Double {
        let weights = noise.weights(places)
        let targets = places.values.indices.map { Float(places.values[$0] - mean - (hours?.value($0) ?? 0)) }
        let sweep = GibbsSide.Sweep(
            index: index, seed: configuration.seed, precision: Float(noise.precision), targets: targets,
            weights: weights, solver: configuration.solver, threads: configuration.threads)
        try users.draw(against: items.totals, sweep)
        try items.draw(against: users.totals, sweep)

        let residuals = residuals()
        hours?.draw(
            residuals: residuals.map { $0 - mean }, weights: weights, precision: noise.precision, using: &generator)
        let errors = residuals.indices.map { residuals[$0] - (hours?.value($0) ?? 0) }
        let total = weights.reduce(0) { $0 + Double($1) }
        let weighted = zip(errors, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
        mean = weighted / total + generator.normal() / (noise.precision * total).squareRoot()
        let squares = errors.map { ($0 - mean) * ($0 - mean) }
        noise.draw(places, squares: squares, weights: weights, using: &generator)
        if counts {
            moments.add(users: users.totals, items: items.totals, mean: mean)
            spread.add(noise, hours)
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    /// By place, the rating less z_u·y_i.
    private func residuals() -> [Double] {
        let (own, other, offsets) = (users.totals, items.totals, users.rowOffsets)
        let chunks = Parallel.chunks(own.rows) { offsets[$0] }
        return Parallel.map(chunks.count, threads: configuration.threads) { chunk in
            var residuals: [Double] = []
            for user in chunks[chunk] {
                let entries = offsets[user]..<offsets[user + 1]
                var products = [Float](repeating: 0, count: entries.count)
                var span = products.mutableSpan
                other.products(ofRows: places.items[entries], with: own.row(user), isBiased: true, into: &span)
                for (product, place) in zip(products, entries) {
                    residuals.append(places.values[place] - Double(product))
                }
            }
            return residuals
        }.flatMap { $0 }
    }

    func model(scale: RatingScale?) -> BayesianModel {
        let (userVectors, itemVectors) = moments.posteriors
        return BayesianModel(
            mean: moments.mean, users: userVectors, items: itemVectors, spread: spread.means,
            hours: hours.map { HourPosterior(hours: $0.hours, spread.hourMeans, unseenVariance: spread.unseenHour) },
            configuration: configuration, scale: scale)
    }
}
