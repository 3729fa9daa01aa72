import LinearAlgebra

/// An upper bound of the memory of all pairs beyond the ratings, known in advance.
struct AllPairsMemory {
    /// Users per tile: its sums fit into a core's L2 cache together with a block's panel.
    private(set) var tileRows = mostTileRows

    static let mostTileRows = 8 * laneCount

    private let users: Int
    private let items: Int
    private let ratings: Int
    private let neighbors: Int
    private let products: Int
    private let patterns: Int
    private let way: Products
    private let threads: Int

    init(
        _ matrix: (rows: Int, columns: Int, entries: Int), _ configuration: SimilarityConfiguration,
        products way: Products, threads: Int
    ) {
        let formula = SimilarityFormula(configuration)
        users = matrix.rows
        items = matrix.columns
        ratings = matrix.entries
        neighbors = configuration.neighbors
        self.way = way
        products = 1 + (formula.usesSharedNorms ? 2 : 0) + (formula.needsSupport ? 1 : 0)
        patterns = (formula.usesSharedNorms ? 2 : 0) + (formula.needsSupport && !formula.usesSharedNorms ? 1 : 0)
        self.threads = threads
    }

    func bytes(_ precision: ProductPrecision) -> Int {
        switch precision {
        case .halves: bytes(of: UInt16.self)
        case .single: bytes(of: Float.self)
        case .double: bytes(of: Double.self)
        }
    }

    /// Ordered vectors, a workspace per thread, the lists, and the table with the rows it is built from; for rounded
    /// vectors also the candidates, and the transposed vectors for unsettled users.
    private func bytes<Element: LaneScalar>(of element: Element.Type) -> Int {
        let vectors =
            LaneMatrix<Element>.mostBytes(rows: users, columns: items, entries: ratings)
            + patterns * 2 * MemoryLayout<Element>.stride * ratings
        let workspace =
            products
            * RowProducts<Element>.mostBytes(
                tileRows: tileRows, products: way, rows: users, columns: items, entries: ratings)
        let isRounded = Element.self != UInt16.self
        let candidates = isRounded ? NearestLists.candidates(neighbors) : neighbors
        let lists = TopK.bytes(rows: users, capacity: candidates) + 5 * users
        let settlement = isRounded ? 24 * users * candidates + 24 * ratings : 0
        let table = 2 * users * (16 * neighbors + 32)
        let sets = setsAreShort(users: users, items: items, ratings: ratings) ? 8 * (ratings + users) : 0
        return vectors + threads * workspace + lists + settlement + table + sets
    }

    /// - Returns: whether tiles could be halved.
    mutating func halveTiles() -> Bool {
        guard tileRows > laneCount else { return false }
        tileRows /= 2
        return true
    }
}
