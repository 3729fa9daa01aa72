import Factorization
import LinearAlgebra
import Testing
import Worker

/// One side of a factorization, cut into blocks of whole chunks.
struct Side {
    let name: String
    let ratings: SparseMatrix<Float>
    let chunks: [Range<Int>]
    /// The rows of each block.
    let blocks: [Range<Int>]
    let order: Int

    init(_ name: String, _ ratings: SparseMatrix<Float>, order: Int, blocks count: Int) {
        self.name = name
        self.ratings = ratings
        self.order = order
        let chunks = RowBlock.chunks(ratings.rowOffsets, order: order)
        self.chunks = chunks
        let cuts = (0...count).map { chunks.count * $0 / count }
        blocks = zip(cuts, cuts.dropFirst()).map { chunks[$0].lowerBound..<chunks[$1 - 1].upperBound }
    }

    /// ROWS frames, two for each row that has more than one rating, and CHUNKS.
    func frames(_ block: Range<Int>) -> [Frame] {
        var frames: [Frame] = []
        for row in block {
            let entries = ratings.entries(ofRow: row)
            let middle = entries.count > 1 ? entries.lowerBound + 1 : entries.upperBound
            for part in [entries.lowerBound..<middle, middle..<entries.upperBound] where part.isEmpty == entries.isEmpty
            {
                frames.append(
                    Frame(
                        .rows,
                        Payload().integer(1, row - block.lowerBound).integer(0, part.count)
                            .int32(Array(ratings.columnIndices[part])).floats(Array(ratings.values[part]))))
                if entries.isEmpty { break }
            }
        }
        let ends = chunks.map { $0.upperBound - block.lowerBound }.filter { $0 > 0 && $0 <= block.count }
        return frames + [Frame(.chunks, Payload().integers(ends))]
    }

    /// ROUTES to the blocks of this side.
    var routes: Frame { Frame(.routes, Payload().int32(blocks.map { Int32($0.upperBound) })) }
}

/// What the blocks of a side have answered, in order.
struct HalfStep {
    var vectors: [Float] = []
    var losses: [Double] = []
    var penalties: [Double] = []
    var gramian: [Float]
    /// FEATURES for each block of the other side.
    var routed: [[Frame]]

    init(order: Int, blocks: Int) {
        gramian = Array(repeating: 0, count: order * order)
        routed = Array(repeating: [], count: blocks)
    }

    mutating func add(_ answer: Answer, rows: Range<Int>, order: Int) throws {
        try #require(answer.failure == nil, "\(answer.failure?.description ?? "")")
        for frame in answer.of(.solution) {
            var taker = Taker(frame)
            let head = taker.integers(3)
            #expect(head == [vectors.count / order - rows.lowerBound, rows.count, order])
            vectors += taker.floats(head[1] * order)
            #expect(taker.isEmpty)
        }
        for frame in answer.of(.routed) {
            var taker = Taker(frame)
            let head = taker.integers(3)
            let (ids, features) = (taker.int32(head[1]), taker.floats(head[1] * order))
            #expect(taker.isEmpty && ids.allSatisfy { rows.contains(Int($0)) })
            routed[head[0]].append(Frame(.features, Payload().integer(head[1], order).int32(ids).floats(features)))
        }
        var sums = try answer.one(.sums)
        let count = sums.integers(1)[0]
        losses += sums.doubles(count)
        penalties += sums.doubles(count)
        for frame in answer.of(.gramians) {
            var taker = Taker(frame)
            let elements = taker.floats(taker.integers(3)[1] * order * order)
            for (place, element) in elements.enumerated() { gramian[place % (order * order)] += element }
        }
    }

    func features(order: Int, cut: Int) -> [Frame] {
        Parallel.ranges(vectors.count / order, of: cut).map { rows in
            Frame(
                .features,
                Payload().integer(rows.count, order).int32(rows.map(Int32.init))
                    .floats(Array(vectors[rows.lowerBound * order..<rows.upperBound * order])))
        }
    }
}

/// A fit of rank 3.
struct WorkerFit {
    private func settings(_ side: Side, _ block: Range<Int>, _ more: [String: Any]) -> [String: Any] {
        [
            "rank": 3, "first": block.lowerBound, "partners": side.ratings.columns, "side": side.name,
            "solver": "kernel", "threads": 2,
        ].merging(more) { $1 }
    }

    private func sum(_ numbers: [Double]) -> Double { numbers.reduce(0, +) }

    /// A fit of which workers compute all but the losses' totals.
    ///
    /// - Returns: the vectors of users, then of items, and the losses by half-step.
    func fit(
        _ task: [String: Any], users: Side, items: Side, iterations: Int, streamed: Bool, isExplicit: Bool
    ) throws -> (users: [Float], items: [Float], losses: [Double]) {
        // The generator needs no more than the seed and the sizes.
        let draw = Payload().words([1]).integer(3).integers(users.blocks.map(\.count))
        var states = try run(["task": "implicit"], [Frame(.draw, draw)]).one(.states)
        var task = task
        task["stream"] = streamed ? 1 : 0
        if isExplicit {
            var total = 0.0
            for block in users.blocks {
                var sums = try run(settings(users, block, task), users.frames(block) + [Frame(.values)]).one(.sums)
                let count = sums.integers(1)[0]
                for value in sums.doubles(count) { total += value }
            }
            task["mean"] = Float(total / Double(users.ratings.count))
        }
        var userStep = HalfStep(order: users.order, blocks: items.blocks.count)
        for block in users.blocks {
            let first = [items.routes, Frame(.first, Payload().words(states.words(4)))]
            try userStep.add(
                run(settings(users, block, task), users.frames(block) + first), rows: block, order: users.order)
        }
        var (itemStep, losses): (HalfStep, [Double]) = (HalfStep(order: items.order, blocks: 1), [])
        for iteration in 1...iterations {
            func gramian(_ step: HalfStep) -> [Frame] {
                isExplicit ? [] : [Frame(.gramian, Payload().floats(step.gramian))]
            }
            let (userPenalty, userGramian) = (sum(userStep.penalties), gramian(userStep))
            itemStep = HalfStep(order: items.order, blocks: 1)
            for (place, block) in items.blocks.enumerated() {
                let frames = items.frames(block) + userGramian + userStep.routed[place] + [Frame(.solve)]
                try itemStep.add(run(settings(items, block, task), frames), rows: block, order: items.order)
            }
            losses.append(sum(itemStep.losses) + userPenalty)
            userStep = HalfStep(order: users.order, blocks: items.blocks.count)
            let routes = iteration == iterations ? [] : [items.routes]
            for block in users.blocks {
                let frames =
                    users.frames(block) + routes + gramian(itemStep)
                    + itemStep.features(order: items.order, cut: 7) + [Frame(.solve)]
                try userStep.add(run(settings(users, block, task), frames), rows: block, order: users.order)
            }
            losses.append(sum(userStep.losses) + sum(itemStep.penalties))
        }
        return (userStep.vectors, itemStep.vectors, losses)
    }
}
