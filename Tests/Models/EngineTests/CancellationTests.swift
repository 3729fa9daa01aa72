import Dispatch
import Engine
import Evaluation
import Factorization
import Graphs
import LinearAlgebra
import Neighbors
import Ratings
import Synchronization
import TestSupport
import Testing

/// Computations that are ended early: they throw, soon, and those that are not ended have the same bytes.
struct CancellationTests {
    private static let ratings = RatingMatrix.random(users: 600, items: 300, density: 0.2, seed: 5)
    private static let dataset = Dataset(ratings: ratings)

    private static func configuration(threads: Int = 2) -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.als.rank = 8
        configuration.als.restarts = 2
        configuration.implicit.rank = 8
        configuration.bayes.rank = 4
        configuration.bayes.burnIn = 3
        configuration.bayes.samples = 6
        configuration.threads = threads
        return configuration
    }

    private static func graphConfiguration() -> GraphConfiguration {
        var configuration = GraphConfiguration()
        configuration.similarity.neighbors = 20
        configuration.threads = 2
        return configuration
    }

    @Test func `a search for neighbors ends in its middle`() throws {
        let engine = try GraphEngine(Self.graphConfiguration())
        let cancellation = Cancellation()
        let highest = Mutex(0.0)
        #expect(throws: SimilarityError.cancelled) {
            try cancellation.cancellable {
                _ = try engine.snapshot(of: Self.dataset) { stage, share in
                    #expect(stage == .similarity)
                    highest.withLock { $0 = max($0, share) }
                    if share > 0.2 { cancellation.request() }
                }
            }
        }
        // Of each thread one more tile at most.
        #expect(highest.withLock { $0 } > 0.2)
        #expect(highest.withLock { $0 } < 0.9)
    }

    /// The sums of other measures are rounded, and candidates are settled afterwards.
    @Test func `a search by rounded sums ends in its middle`() throws {
        var configuration = Self.graphConfiguration()
        configuration.similarity.measure = .centered
        let engine = try GraphEngine(configuration)
        let cancellation = Cancellation()
        #expect(throws: SimilarityError.cancelled) {
            try cancellation.cancellable {
                _ = try engine.neighbors(of: Self.ratings) { share in
                    if share > 0.2 { cancellation.request() }
                }
            }
        }
    }

    @Test(arguments: [GraphConfiguration.Communities.leiden, .louvain, .labels])
    func `communities end early`(_ communities: GraphConfiguration.Communities) throws {
        var configuration = Self.graphConfiguration()
        configuration.communities = communities
        configuration.starts = 1_000
        configuration.stabilitySeeds = 3
        let engine = try GraphEngine(configuration)
        let neighbors = try engine.neighbors(of: Self.ratings)
        let cancellation = Cancellation()
        #expect(throws: SimilarityError.cancelled) {
            try cancellation.cancellable {
                _ = try engine.snapshot(of: Self.dataset, neighbors: neighbors) { stage, _ in
                    #expect(stage != .profiles)
                    if stage == .communities { cancellation.request() }
                }
            }
        }
    }

    /// Whatever is found until then is a partition.
    @Test func `detectors that are cancelled give a partition`() {
        let graph = Graph.planted(groups: 20, size: 60, inside: 0.4, outside: 0.01, seed: 3)
        let detectors: [any CommunityDetector] = [Leiden(), Louvain(), LabelPropagation()]
        for detector in detectors {
            var generator = SeededGenerator(seed: 1)
            let cancellation = Cancellation()
            cancellation.request()
            let partition = cancellation.cancellable { detector.detect(in: graph, using: &generator) }
            #expect(partition.labels.count == graph.vertexCount)
            #expect(partition.sizes.reduce(0, +) == graph.vertexCount)
        }
    }

    @Test(arguments: [ModelKind.als, .implicit, .bayes])
    func `a fit ends in its middle`(_ kind: ModelKind) throws {
        let cancellation = Cancellation()
        var steps = 0
        #expect(throws: FactorizationError.cancelled) {
            try cancellation.cancellable {
                _ = try kind.fit(Self.dataset, Self.configuration()) { share, _ in
                    steps += 1
                    if share >= 0.3 { cancellation.request() }
                    #expect(share < 0.6)
                }
            }
        }
        #expect(steps > 0)
    }

    @Test(arguments: [ModelKind.knn, .ease, .blend])
    func `a request before a fit ends it`(_ kind: ModelKind) throws {
        let cancellation = Cancellation()
        cancellation.request()
        #expect(throws: (any Error).self) {
            try cancellation.cancellable { _ = try kind.fit(Self.dataset, Self.configuration()) }
        }
    }

    @Test(arguments: [0.1, 0.4, 0.8])
    func `a comparison ends in its middle`(_ least: Double) throws {
        let folds = Self.ratings.folds(3, seed: 1).map { ComparisonFold($0, of: Self.dataset) }
        let engine = ComparisonEngine(models: [.als, .knn, .popularity], configuration: Self.configuration())
        let cancellation = Cancellation()
        #expect(throws: (any Error).self) {
            try cancellation.cancellable {
                _ = try engine.compare(folds, progress: { share, _ in if share >= least { cancellation.request() } })
            }
        }
    }

    @Test func `predictions and lists of a comparison end early`() throws {
        let split = try #require(Array(Self.ratings.folds(5, seed: 1)).first)
        let model = try UserKNN.fit(split.train)
        let ranking = try UserKNNRanking.fit(split.train)
        let cancellation = Cancellation()
        cancellation.request()
        cancellation.cancellable {
            #expect(TestRatings(split.test, train: split.train).predictions(of: model, threads: 2).isEmpty)
            let lists = TestRankings(split.test, train: split.train, threshold: 3).lists(of: ranking, count: 5)
            #expect(lists.allSatisfy { $0.items.isEmpty })
        }
    }

    /// The fit would take minutes; the limit leaves room for a busy machine.
    @Test func `another thread ends a fit soon`() throws {
        let cancellation = Cancellation()
        var configuration = Self.configuration()
        configuration.als.iterations = 10_000
        let request = Mutex<ContinuousClock.Instant?>(nil)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) {
            request.withLock { $0 = .now }
            cancellation.request()
        }
        #expect(throws: FactorizationError.cancelled) {
            try cancellation.cancellable { _ = try ModelKind.als.fit(Self.dataset, configuration) }
        }
        let requested = try #require(request.withLock { $0 })
        #expect(requested.duration(to: .now) < .seconds(3))
    }

    @Test func `without a request the bytes are the same`() throws {
        let engine = try GraphEngine(Self.graphConfiguration())
        let plain = try engine.snapshot(of: Self.dataset)
        let cancellable = try Cancellation().cancellable { try engine.snapshot(of: Self.dataset) }
        #expect(plain.neighbors.neighbors == cancellable.neighbors.neighbors)
        #expect(plain.neighbors.similarities == cancellable.neighbors.similarities)
        #expect(plain.neighbors.supports == cancellable.neighbors.supports)
        #expect(plain.partition == cancellable.partition)
        for kind in [ModelKind.als, .implicit] {
            let plain = try kind.fit(Self.dataset, Self.configuration())
            let other = try Cancellation().cancellable { try kind.fit(Self.dataset, Self.configuration()) }
            let (one, two) = (plain.recommender?.scores(user: 0), other.recommender?.scores(user: 0))
            #expect(one != nil && one == two)
        }
    }
}
