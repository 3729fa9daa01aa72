public import LinearAlgebra
public import Ratings

/// The exact nearest neighbors of all users: every pair is compared, without approximation.
///
/// Each pair is computed once (`PairSearch`), and the table does not depend on the kernel or the order of summation.
///
/// - Complexity: O(Σ_u ratings of u · users more active than u) multiply-adds, many per instruction; O(ratings + users
///   · k + threads · tile) memory.
public struct AllPairs: Sendable {
    /// The similarity measure and the choice of neighbors.
    public let configuration: SimilarityConfiguration
    /// The implementation of the products; results do not depend on it.
    public let products: Products
    /// The number of threads; results do not depend on it.
    public let threads: Int
    /// The memory limit beyond the ratings, in bytes, or nil for no limit.
    public let memoryLimit: Int?

    /// - Throws: `SimilarityError` if the configuration is out of range.
    public init(
        _ configuration: SimilarityConfiguration, products: Products = .auto, threads: Int, memoryLimit: Int? = nil
    ) throws(SimilarityError) {
        try configuration.validate()
        self.configuration = configuration
        self.products = products
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// An upper bound of the memory needed beyond the ratings, in bytes, known in advance.
    public func memoryEstimate(for ratings: RatingMatrix) -> Int {
        let matrix = ratings.byUser
        let need = AllPairsMemory(
            (matrix.rows, matrix.columns, matrix.count), configuration, products: products, threads: threads)
        return need.bytes(configuration.measure == .cosine && configuration.itemWeights == .none ? .halves : .double)
    }

    /// - Parameter progress: called from any thread with the share of pairs done, in 0…1.
    /// - Throws: `SimilarityError.needsMemory` if even the smallest tiles need more than `memoryLimit`, before any
    ///   large allocation; `SimilarityError.cancelled`.
    public func neighbors(
        in ratings: RatingMatrix, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        try neighbors(among: PreparedVectors(ratings, configuration, threads: threads), progress: progress)
    }

    /// The same for prepared vectors.
    func neighbors(
        among vectors: PreparedVectors, progress: @Sendable (Double) -> Void = { _ in }
    ) throws(SimilarityError) -> NeighborTable {
        let search = PairSearch(
            configuration: configuration, pairs: .all(vectors.shape.rows), floors: [], products: products,
            tileRows: try tileRows(vectors), threads: threads)
        let table = search.table(among: vectors, progress)
        if Cancellation.current.isRequested { throw .cancelled }
        return table
    }

    /// The nearest neighbors of one user, equal to their row in the full table.
    ///
    /// - Complexity: O(ratings).
    public func neighbors(of user: Int, in ratings: RatingMatrix) -> [Neighbor] {
        switch PreparedVectors(ratings, configuration) {
        case .exact(let vectors): row(of: user, vectors)
        case .rounded(let vectors, _): row(of: user, vectors)
        }
    }

    private func row(of user: Int, _ vectors: RatingVectors<some BLASScalar>) -> [Neighbor] {
        let formula = SimilarityFormula(configuration)
        let others = products == .blas ? candidates(of: user, vectors) : Array(0..<vectors.matrix.rows)
        return nearest(others.filter { $0 != user }.map { vectors.similarity(user, $0, formula) })
    }

    /// The users whose BLAS cosine, within rounding, allows a positive similarity.
    private func candidates(of user: Int, _ vectors: RatingVectors<some BLASScalar>) -> [Int] {
        let slack = Float(RoundingBound.float(shared: vectors.matrix.entries(ofRow: user).count).nextUp)
        let cosines = vectors.unitRows(threads: threads).products(withRow: user)
        return cosines.indices.filter { cosines[$0] > -slack }
    }

    /// The nearest neighbors of a user outside the training data, from their ratings.
    ///
    /// - Complexity: O(ratings + users · the user's ratings).
    func neighbors(foldingIn ratings: UserRatings, among vectors: PreparedVectors) -> [Neighbor] {
        nearest(vectors.similarities(foldingIn: ratings, SimilarityFormula(configuration)))
    }

    private func nearest(_ candidates: [Neighbor]) -> [Neighbor] {
        let near = candidates.filter { $0.similarity > 0 }
        return Array(near.sorted(by: Neighbor.isNearer).prefix(configuration.neighbors))
    }

    /// The largest tile size within the memory limit.
    private func tileRows(_ vectors: PreparedVectors) throws(SimilarityError) -> Int {
        var need = AllPairsMemory(vectors.shape, configuration, products: products, threads: threads)
        let precision = ProductPrecision(vectors, configuration)
        guard let memoryLimit else { return need.tileRows }
        while need.bytes(precision) > memoryLimit {
            guard need.halveTiles() else { throw .needsMemory(bytes: need.bytes(precision), limit: memoryLimit) }
        }
        return need.tileRows
    }
}
