internal import LinearAlgebra
internal import Neighbors

/// The neighbors of the users of two blocks: takes BLOCK frames of both sides, perhaps COUNTS and FLOORS, and PAIR at the end,
/// which it answers with LISTS.
final class GraphTask: FrameTask {
    private let statistics: RatingStatistics
    private let configuration: SimilarityConfiguration
    private let isExact: Bool
    private let pairing: BlockPairs.Pairing
    private let threads: Int
    private var sides: [BlockRows]
    private var floors: [[Float]?] = [nil, nil]
    private var counts: [Int]?
    private var isPaired = false

    init(_ settings: WorkerSettings, _ limits: WorkerLimits, threads: Int) throws(WorkerFailure) {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = try settings.count("neighbors")
        configuration.measure = try settings.word("measure", SimilarityConfiguration.Measure.self)
        configuration.itemWeights = try settings.word("weights", SimilarityConfiguration.ItemWeights.self)
        configuration.norms = try settings.word("norms", SimilarityConfiguration.Norms.self)
        configuration.minSupport = try settings.count("minSupport")
        configuration.minSimilarity = try settings.float("minSimilarity")
        configuration.shrinkage = try settings.double("shrinkage")
        do throws(SimilarityError) { try configuration.validate() } catch { throw .badInput("CONFIG: \(error)") }
        statistics = RatingStatistics(
            users: try settings.size("users", limits), ratings: try settings.count("ratings"), itemCounts: [])
        // Lists take memory for as many neighbors as there may be.
        configuration.neighbors = min(configuration.neighbors, max(1, statistics.users))
        self.configuration = configuration
        isExact = try settings.flag("exact")
        pairing = try settings.word("pairing", BlockPairs.Pairing.self)
        self.threads = threads
        sides = Array(
            repeating: BlockRows(users: statistics.users, items: try settings.size("items", limits)), count: 2)
    }

    func take(_ frame: Frame, _ output: inout FrameWriter) throws(WorkerFailure) {
        guard !isPaired else { throw unexpected(frame, "the blocks are paired already") }
        var payload = PayloadReader(frame)
        switch frame.kind {
        case .block:
            let side = try payload.side()
            guard floors[side] == nil else { throw unexpected(frame, "the floors of side \(side) stand before it") }
            try sides[side].add(&payload)
        case .floors:
            let side = try payload.side()
            guard floors[side] == nil else { throw unexpected(frame, "side \(side) has floors already") }
            let values = try payload.numbers(Float.self, sides[side].ids.count, "floors")
            guard values.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { throw payload.failure("a floor outside 0 to 1") }
            floors[side] = values
            try payload.end()
        case .counts:
            guard counts == nil else { throw unexpected(frame, "there are counts already") }
            let values = try payload.numbers(Int.self, sides[0].items, "counts")
            guard values.allSatisfy({ $0 >= 0 && $0 <= statistics.users }) else {
                throw payload.failure("a count outside 0 to \(statistics.users), the number of users")
            }
            counts = values
            try payload.end()
        case .pair:
            try payload.end()
            isPaired = true
            try answer(&output)
        default: throw unexpected(frame, "the task is graph")
        }
    }

    func finish(_ output: inout FrameWriter) throws(WorkerFailure) {
        let isEmpty = sides.allSatisfy(\.ids.isEmpty)
        guard isPaired || isEmpty else { throw .badInput("the input ends before PAIR") }
    }

    private func answer(_ output: inout FrameWriter) throws(WorkerFailure) {
        let hasWeights = configuration.itemWeights != .none
        guard !hasWeights || counts != nil else { throw .badInput("PAIR: item weights need COUNTS") }
        try requireDisjointSides()
        let statistics = RatingStatistics(
            users: statistics.users, ratings: statistics.ratings, itemCounts: counts ?? [])
        let blocks = sides.map(\.block)
        sides = []
        let floors = zip(floors, blocks).flatMap { $0 ?? Array(repeating: 0, count: $1.count) }
        let table: NeighborTable
        do throws(SimilarityError) {
            table = try BlockPairs(configuration, statistics: statistics, isExact: isExact, threads: threads)
                .neighbors(blocks[0], blocks[1], pairing: pairing, floors: floors)
        } catch { throw WorkerFailure(.noResult, error.description) }
        try output.write(table, rows: 0..<blocks[0].count, ids: blocks[0].ids, side: 0)
        try output.write(table, rows: blocks[0].count..<table.userCount, ids: blocks[1].ids, side: 1)
    }

    private func requireDisjointSides() throws(WorkerFailure) {
        let first = Set(sides[0].ids)
        if let id = sides[1].ids.first(where: first.contains) { throw .badInput("PAIR: user \(id) is in both blocks") }
    }
}

/// The rows of one side, as its BLOCK frames bring them.
struct BlockRows {
    let users: Int
    let items: Int
    private(set) var ids: [Int32] = []
    private var rows: RowArrays

    init(users: Int, items: Int) {
        self.users = users
        self.items = items
        rows = RowArrays(columns: items)
    }

    /// The block so far.
    var block: UserBlock { UserBlock(ids: ids, ratings: rows.matrix) }

    /// Adds the rows of a frame, of which the side has been read.
    mutating func add(_ payload: inout PayloadReader) throws(WorkerFailure) {
        let count = try payload.count("rows")
        let kind = try payload.count("kind of values")
        guard kind <= 1 else { throw payload.failure("kind of values \(kind)") }
        let first = try payload.count("first row")
        guard first == ids.count else { throw payload.failure("begins at row \(first) instead of \(ids.count)") }
        let more = try payload.numbers(Int32.self, count, "ids")
        var last = ids.last ?? -1
        for id in more {
            guard id > last, Int(id) < users else { throw payload.failure("user \(id) follows \(last) of \(users)") }
            last = id
        }
        try rows.add(&payload, rows: count, continuing: false, asHalves: kind == 1)
        try payload.end()
        ids += more
    }
}

extension PayloadReader {
    /// The number of a side.
    mutating func side() throws(WorkerFailure) -> Int {
        let side = try count("side")
        guard side <= 1 else { throw failure("side \(side)") }
        return side
    }
}

extension WorkerSettings {
    /// A number of users, items or partners.
    func size(_ key: String, _ limits: WorkerLimits) throws(WorkerFailure) -> Int {
        let size = try count(key)
        guard size <= limits.side else { throw .badInput("CONFIG: \(key) is \(size), above \(limits.side)") }
        return size
    }
}
