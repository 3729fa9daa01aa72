public import Graphs
import LinearAlgebra
public import Neighbors
public import Ratings

/// From ratings to a snapshot: similarity, graph, communities, profiles.
public struct GraphEngine: Sendable {
    /// The stages in their order.
    public enum Stage: Sendable {
        /// All pairs and the neighbor table.
        case similarity
        /// The graph.
        case graph
        /// Community detection.
        case communities
        /// Community profiles.
        case profiles
    }

    /// Told of a stage when it begins, with the share 0, and as it goes, with the share done up to 1, from any thread.
    public typealias Progress = @Sendable (Stage, Double) -> Void

    /// The configuration of all stages.
    public let configuration: GraphConfiguration

    /// - Throws: `SimilarityError` where the configuration is out of range.
    public init(_ configuration: GraphConfiguration) throws(SimilarityError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// The most bytes that the similarities take beside the ratings.
    public func memoryEstimate(for ratings: RatingMatrix) throws(SimilarityError) -> Int {
        var notes: [String] = []
        return try AllPairs(
            clamped(to: ratings.users.count, &notes), products: configuration.products, threads: configuration.threads
        ).memoryEstimate(for: ratings)
    }

    /// Computes neighbors, graph, communities and profiles.
    ///
    /// - Throws: `SimilarityError` if the memory limit is too low, or the computation is cancelled (`Cancellation`).
    public func snapshot(
        of dataset: Dataset, progress: Progress = { _, _ in }
    ) throws(SimilarityError) -> Snapshot {
        var seconds = Snapshot.Seconds()
        var notes: [String] = []
        progress(.similarity, 0)
        let neighbors = try timed(&seconds.similarity) { () throws(SimilarityError) in
            try self.neighbors(of: dataset.ratings, &notes) { progress(.similarity, $0) }
        }
        return try snapshot(of: dataset, neighbors: neighbors, seconds, notes, progress)
    }

    /// The first stage alone: the nearest neighbors of every user.
    ///
    /// - Parameter progress: called from any thread with the share of pairs done.
    /// - Throws: as `snapshot(of:)`.
    public func neighbors(
        of ratings: RatingMatrix, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        var notes: [String] = []
        return try neighbors(of: ratings, &notes, progress)
    }

    private func neighbors(
        of ratings: RatingMatrix, _ notes: inout [String], _ progress: @Sendable (Double) -> Void
    ) throws(SimilarityError) -> NeighborTable {
        let allPairs = try AllPairs(
            clamped(to: ratings.users.count, &notes), products: configuration.products, threads: configuration.threads,
            memoryLimit: configuration.memoryLimit)
        return try allPairs.neighbors(in: ratings, progress: progress)
    }

    /// Computes graph, communities and profiles of neighbors that were found before, such as on a cluster.
    ///
    /// - Parameter neighbors: those of the data set's users.
    /// - Returns: what `snapshot(of:)` gives for the same neighbors, but for the time that they took.
    /// - Throws: `SimilarityError.cancelled`.
    public func snapshot(
        of dataset: Dataset, neighbors: NeighborTable, progress: Progress = { _, _ in }
    ) throws(SimilarityError) -> Snapshot {
        precondition(neighbors.userCount == dataset.ratings.users.count, "the neighbors of these users")
        return try snapshot(of: dataset, neighbors: neighbors, Snapshot.Seconds(), [], progress)
    }

    private func snapshot(
        of dataset: Dataset, neighbors: NeighborTable, _ seconds: Snapshot.Seconds, _ notes: [String],
        _ progress: Progress
    ) throws(SimilarityError) -> Snapshot {
        var seconds = seconds
        progress(.graph, 0)
        let similarity = timed(&seconds.graph) {
            SimilarityGraph(neighbors, combination: configuration.combination)
        }
        let graph = similarity.graph
        try requireGoingOn()
        progress(.communities, 0)
        var partition = Partition(singletons: graph.vertexCount)
        var stability: Double?
        timed(&seconds.communities) {
            partition = communities(of: graph, seed: configuration.seed)
            stability = self.stability(of: partition, in: graph)
        }
        try requireGoingOn()
        progress(.profiles, 0)
        return snapshot(of: dataset, neighbors, similarity, partition, stability, seconds, notes)
    }

    /// A snapshot of neighbors and communities that were found before.
    public func snapshot(of dataset: Dataset, neighbors: NeighborTable, partition: Partition) -> Snapshot {
        let similarity = SimilarityGraph(neighbors, combination: configuration.combination)
        return snapshot(of: dataset, neighbors, similarity, partition, nil, Snapshot.Seconds(), [])
    }

    /// A snapshot of neighbors that are mended, with communities that follow from earlier ones and keep their numbers.
    ///
    /// Leiden moves users from where they were; other algorithms seek communities anew.
    ///
    /// - Parameter before: the number of each user's community; nil for users who are new.
    public func snapshot(of dataset: Dataset, neighbors: NeighborTable, communitiesAfter before: [Int32?]) -> Snapshot {
        let similarity = SimilarityGraph(neighbors, combination: configuration.combination)
        let graph = similarity.graph
        var partition: Partition
        if configuration.communities == .leiden {
            var generator = SeededGenerator(seed: configuration.seed)
            partition = Leiden(resolution: configuration.resolution, threads: configuration.threads).detect(
                in: graph, from: Partition(following: before), using: &generator)
        } else {
            partition = communities(of: graph, seed: configuration.seed)
        }
        return snapshot(of: dataset, neighbors, similarity, partition, nil, Snapshot.Seconds(), [])
            .numbered(following: before)
    }

    private func snapshot(
        of dataset: Dataset, _ neighbors: NeighborTable, _ similarity: SimilarityGraph, _ partition: Partition,
        _ stability: Double?, _ seconds: Snapshot.Seconds, _ notes: [String]
    ) -> Snapshot {
        var seconds = seconds
        let graph = similarity.graph
        let profiles = timed(&seconds.profiles) {
            CommunityProfile.profiles(
                of: partition, in: graph, dataset: dataset, threads: configuration.threads)
        }
        return Snapshot(
            dataset: dataset, neighbors: neighbors, similarity: similarity, partition: partition, profiles: profiles,
            modularity: modularity(of: partition, in: graph, resolution: configuration.resolution),
            disconnectedCommunities: graph.disconnectedCommunityCount(of: partition),
            stability: stability, seconds: seconds, notes: notes)
    }

    /// Throws where the computation is cancelled.
    private func requireGoingOn() throws(SimilarityError) {
        if Cancellation.current.isRequested { throw .cancelled }
    }

    /// The similarity configuration with no more neighbors than there are other users.
    private func clamped(to userCount: Int, _ notes: inout [String]) -> SimilarityConfiguration {
        var similarity = configuration.similarity
        let others = userCount - 1
        guard similarity.neighbors > max(1, others) else { return similarity }
        notes.append(
            others < 1
                ? "only one user, who has no neighbors"
                : "only \(counted(others, "other user")): each list has at most \(counted(others, "neighbor")) "
                    + "(\(similarity.neighbors) asked for)")
        similarity.neighbors = max(1, others)
        return similarity
    }

    private func communities(of graph: Graph, seed: UInt64) -> Partition {
        switch configuration.communities {
        case .leiden: best(Leiden(resolution: configuration.resolution, threads: threads(graph)), graph, seed)
        case .louvain: best(Louvain(resolution: configuration.resolution, threads: threads(graph)), graph, seed)
        case .labels: partition(LabelPropagation(), graph, seed)
        case .none: Partition(singletons: graph.vertexCount)
        }
    }

    /// Several starts share the threads; a single one has them all.
    private func threads(_ graph: Graph) -> Int {
        configuration.startCount(edges: graph.edgeCount) > 1 ? 1 : configuration.threads
    }

    /// The best partition of several starts; among equally good ones the first.
    ///
    /// Starts go in rounds of four, whatever the number of threads, and end early when three have found the best so far.
    private func best(
        _ detector: some CommunityDetector, _ graph: Graph, _ seed: UInt64
    ) -> Partition {
        var seeds = SeededGenerator(seed: seed)
        let most = configuration.startCount(edges: graph.edgeCount)
        guard most > 1 else { return partition(detector, graph, seeds.next()) }
        var found: [(partition: Partition, quality: Double)] = []
        while found.count < most {
            let round = (0..<min(4, most - found.count)).map { _ in seeds.next() }
            let cancellation = Cancellation.current
            found += Parallel.map(round.count, threads: configuration.threads) { start -> (Partition, Double) in
                if cancellation.isRequested { return (Partition(singletons: graph.vertexCount), -.infinity) }
                let partition = Cancellation.$current.withValue(cancellation) {
                    self.partition(detector, graph, round[start])
                }
                return (
                    partition, modularity(of: partition, in: graph, resolution: configuration.resolution)
                )
            }
            if cancellation.isRequested { break }
            let highest = found.reduce(-.infinity) { max($0, $1.quality) }
            if found.count(where: { $0.quality >= highest - 1e-9 }) >= 3 { break }
        }
        return found.dropFirst().reduce(found[0]) { $1.quality > $0.quality ? $1 : $0 }.partition
    }

    private func partition(
        _ detector: some CommunityDetector, _ graph: Graph, _ seed: UInt64
    ) -> Partition {
        var generator = SeededGenerator(seed: seed)
        return detector.detect(in: graph, using: &generator)
    }

    /// How well the communities of several seeds agree, the configuration's own among them.
    private func stability(of first: Partition, in graph: Graph) -> Double? {
        guard configuration.stabilitySeeds > 0 else { return nil }
        let others = (1...configuration.stabilitySeeds).map { run in
            communities(of: graph, seed: configuration.seed &+ UInt64(run))
        }
        let partitions = [first] + others
        var sum = 0.0
        for i in partitions.indices {
            for j in partitions.indices[..<i] {
                sum += PartitionComparison(partitions[i], partitions[j]).normalizedMutualInformation
            }
        }
        return sum / Double(partitions.count * (partitions.count - 1) / 2)
    }

    private func timed<Result, Failure: Error>(
        _ seconds: inout Double, _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try work()
        seconds = (clock.now - start) / .seconds(1)
        return result
    }
}
