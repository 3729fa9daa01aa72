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
/// - Complexity: O(sweeps · (ratings · rank² + rows · rank³)) time, shared by the threads but for the moves along shared
///   features, ratings · rank² of it; O((users + items) · rank²) memory, whatever the number of samples.
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
    /// Users whose ratings are about equal work, and where the ratings of each such chunk begin.
    private let chunks: [Range<Int>]
    private let chunkOffsets: [Int]
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
        let offsets = ratings.byUser.rowOffsets
        chunks = Parallel.chunks(userCount) { offsets[$0] }
        chunkOffsets = [0] + chunks.map { offsets[$0.upperBound] }
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
        noise = NoiseModel(places, users: userCount, items: itemCount)
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
        let weights = weights()
        let targets = targets()
        let sweep = GibbsSide.Sweep(
            index: index, seed: configuration.seed, precision: Float(noise.precision), targets: targets,
            weights: weights, solver: configuration.solver, threads: configuration.threads)
        try users.draw(against: items.totals, sweep)
        try items.draw(against: users.totals, sweep)

        let residuals = residuals()
        hours?.draw(
            residuals: residuals, mean: mean, weights: weights, precision: noise.precision, using: &generator)
        let errors = hours?.rest(of: residuals) ?? residuals
        drawMean(errors, weights)
        let squares = errors.map { ($0 - mean) * ($0 - mean) }
        var (sum, weighted) = (0.0, 0.0)
        for (square, weight) in zip(squares, weights) {
            sum += square
            weighted += square * Double(weight)
        }
        noise.draw(places, squares: squares, weighted: weighted, using: &generator)
        if counts {
            moments.add(users: users.totals, items: items.totals, mean: mean)
            spread.add(noise, hours)
        }
        return (sum / Double(squares.count)).squareRoot()
    }

    /// μ ~ N(Σ ω·e / Σ ω, 1/(α·Σ ω)), e the rating less all else.
    private mutating func drawMean(_ errors: [Double], _ weights: [Float]) {
        var (total, weighted) = (0.0, 0.0)
        for (error, weight) in zip(errors, weights) {
            total += Double(weight)
            weighted += error * Double(weight)
        }
        mean = weighted / total + generator.normal() / (noise.precision * total).squareRoot()
    }

    /// By place, ω.
    private func weights() -> [Float] {
        let (noise, places) = (noise, places)
        return byPlace { noise.weight(user: Int(places.users[$0]), item: Int(places.items[$0])) }
    }

    /// By place, the rating less μ and the bias of its hour.
    private func targets() -> [Float] {
        let (values, mean) = (places.values, mean)
        guard let hours else { return byPlace { Float(values[$0] - mean) } }
        return byPlace { Float(values[$0] - mean - hours.value($0)) }
    }

    @inline(__always)
    private func byPlace(_ number: @Sendable (_ place: Int) -> Float) -> [Float] {
        let offsets = chunkOffsets
        return Parallel.fill(offsets, threads: configuration.threads, workspace: {}) { chunk, _, numbers in
            let start = offsets[chunk]
            for place in start..<offsets[chunk + 1] { numbers[place - start] = number(place) }
        }
    }

    /// By place, the rating less z_u·y_i.
    private func residuals() -> [Double] {
        let (own, other, offsets, chunks, places) = (users.totals, items.totals, users.rowOffsets, chunks, places)
        let longest = zip(offsets, offsets.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
        return Parallel.fill(
            chunkOffsets, threads: configuration.threads, workspace: { [Float](repeating: 0, count: longest) }
        ) { chunk, products, residuals in
            let start = offsets[chunks[chunk].lowerBound]
            for user in chunks[chunk] {
                let entries = offsets[user]..<offsets[user + 1]
                var span = products.mutableSpan
                other.products(ofRows: places.items[entries], with: own.row(user), isBiased: true, into: &span)
                for place in entries {
                    residuals[place - start] = places.values[place] - Double(span[place - entries.lowerBound])
                }
            }
        }
    }

    func model(scale: RatingScale?) -> BayesianModel {
        let (userVectors, itemVectors) = moments.posteriors
        return BayesianModel(
            mean: moments.mean, users: userVectors, items: itemVectors, spread: spread.means,
            hours: hours.map { HourPosterior(hours: $0.hours, spread.hourMeans, unseenVariance: spread.unseenHour) },
            configuration: configuration, scale: scale)
    }
}
