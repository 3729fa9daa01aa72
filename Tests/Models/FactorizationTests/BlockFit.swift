import Factorization
import LinearAlgebra
import Ratings

/// A fit put together from blocks of rows, each of which sees its own ratings alone.
struct BlockFit {
    var users = DenseMatrix<Float>(rows: 0, columns: 0)
    var items = DenseMatrix<Float>(rows: 0, columns: 0)
    var losses: [Double] = []
    private let plan: Plan

    struct Plan {
        /// The number of blocks of each side.
        var blocks = 1
        var threads = 1
        /// If set, features come in random frames, and every other half-step without those that a block has no rating of.
        var frames: UInt64?
        /// Adjacent chunks that are made one.
        var joined = 1
    }

    /// The ratings of one side, and the chunks of each of its blocks.
    private struct Side {
        let name: String
        let ratings: SparseMatrix<Float>
        let blocks: [[Range<Int>]]

        init(_ name: String, _ ratings: SparseMatrix<Float>, order: Int, _ plan: Plan) {
            (self.name, self.ratings) = (name, ratings)
            let chunks = RowBlock.chunks(ratings.rowOffsets, order: order)
            let coarse = stride(from: 0, to: chunks.count, by: plan.joined).map { start in
                chunks[start].lowerBound..<chunks[min(start + plan.joined, chunks.count) - 1].upperBound
            }
            blocks = (0..<plan.blocks).map { block in
                Array(coarse[block * coarse.count / plan.blocks..<(block + 1) * coarse.count / plan.blocks])
            }
        }

        func rows(_ block: Int) -> Range<Int> {
            guard let first = blocks[block].first, let last = blocks[block].last else { return 0..<0 }
            return first.lowerBound..<last.upperBound
        }

        func rowBlock(_ block: Int, _ equations: BlockEquations, threads: Int) -> RowBlock {
            let rows = rows(block)
            return RowBlock(
                side: name, ratings: ratings.rows(rows),
                chunks: blocks[block].map { $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound },
                firstRow: rows.lowerBound, equations: equations, threads: threads)
        }
    }

    /// The results of all blocks of a side, in order.
    private struct Joined {
        let vectors: DenseMatrix<Float>
        let loss: Double
        let penalty: Double
        let gramian: DenseMatrix<Float>

        init(_ parts: [RowBlock.Solution], order: Int) {
            let elements = parts.flatMap { $0.vectors.storage }
            vectors = DenseMatrix(rows: elements.count / order, columns: order, elements: elements)
            loss = parts.flatMap(\.losses).reduce(0, +)
            penalty = parts.flatMap(\.penalties).reduce(0, +)
            gramian = parts.flatMap(\.gramians).reduce(into: DenseMatrix(rows: order, columns: order)) {
                $0.add($1, times: 1)
            }
        }
    }

    /// As `AlternatingLeastSquares` with one restart.
    init(_ ratings: RatingMatrix, _ configuration: ALSConfiguration, _ plan: Plan) throws {
        self.plan = plan
        let order = configuration.rank + 1
        let own = Side("user", ratings.byUser, order: order, plan)
        let sums = (0..<plan.blocks).flatMap {
            own.rowBlock($0, .explicit(configuration, mean: 0), threads: plan.threads).valueSums
        }
        let mean = Float(sums.reduce(0, +) / Double(ratings.count))
        try fit(
            own, Side("item", ratings.byUser.transposed(), order: order, plan),
            order: order, seed: configuration.seed, rank: configuration.rank, iterations: configuration.iterations
        ) { _, _ in .explicit(configuration, mean: mean) }
    }

    /// As `ImplicitALS` with the threshold of the configuration.
    init(_ ratings: RatingMatrix, _ configuration: ImplicitConfiguration, _ scale: RatingScale, _ plan: Plan) throws {
        self.plan = plan
        let rank = configuration.rank
        try fit(
            Side("user", ratings.byUser, order: rank, plan),
            Side("item", ratings.byUser.transposed(), order: rank, plan),
            order: rank, seed: configuration.seed, rank: rank, iterations: configuration.iterations
        ) { gramian, partners in .implicit(configuration, scale: scale, gramian: gramian, partners: partners) }
    }

    private mutating func fit(
        _ own: Side, _ other: Side, order: Int, seed: UInt64, rank: Int, iterations: Int,
        _ equations: (_ gramian: DenseMatrix<Float>, _ partners: Int) -> BlockEquations
    ) throws {
        let states = FirstFactors.states(seed: seed, rank: rank, rows: (0..<plan.blocks).map { own.rows($0).count })
        let none = DenseMatrix<Float>(rows: order, columns: order)
        var users = Joined(
            (0..<plan.blocks).map { block in
                own.rowBlock(block, equations(none, other.ratings.rows), threads: plan.threads)
                    .first(from: SeededGenerator(state: states[block].words))
            }, order: order)
        for iteration in 1...iterations {
            let items = try solve(other, against: users, iteration, equations)
            losses.append(items.loss + users.penalty)
            users = try solve(own, against: items, iteration, equations)
            losses.append(users.loss + items.penalty)
            (self.users, self.items) = (users.vectors, items.vectors)
        }
    }

    private func solve(
        _ side: Side, against partners: Joined, _ iteration: Int,
        _ equations: (_ gramian: DenseMatrix<Float>, _ partners: Int) -> BlockEquations
    ) throws -> Joined {
        let own = equations(partners.gramian, partners.vectors.rows)
        return Joined(
            try (0..<plan.blocks).map { index in
                let block = side.rowBlock(index, own, threads: plan.threads)
                guard let seed = plan.frames else { return try block.solve(against: partners.vectors) }
                var generator = SeededGenerator(seed: seed, iteration, index)
                let needed = Set(side.ratings.rows(side.rows(index)).columnIndices)
                let ids = (0..<Int32(partners.vectors.rows)).filter { iteration % 2 == 0 || needed.contains($0) }
                var stream = block.stream()
                for frame in generator.frames(ids) {
                    stream.add(ids: frame, features: partners.vectors.rows(frame))
                }
                return try stream.finish()
            }, order: own.order)
    }
}

extension SeededGenerator {
    /// Cuts ids into frames of random lengths, some of them empty or of one id.
    mutating func frames(_ ids: [Int32]) -> [ArraySlice<Int32>] {
        var frames: [ArraySlice<Int32>] = []
        var rest = ids[...]
        while !rest.isEmpty {
            let length = next(below: 4) == 0 ? next(below: 2) : next(below: 400)
            frames.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return frames
    }
}

extension SparseMatrix where Element == Float {
    /// Some consecutive rows, with all columns.
    func rows(_ rows: Range<Int>) -> SparseMatrix<Float> {
        let entries = rowOffsets[rows.lowerBound]..<rowOffsets[rows.upperBound]
        return SparseMatrix(
            columns: columns, rowOffsets: rowOffsets[rows.lowerBound...rows.upperBound].map { $0 - entries.lowerBound },
            columnIndices: Array(columnIndices[entries]), values: Array(values[entries]))
    }
}

extension DenseMatrix where Element == Float {
    func rows(_ ids: ArraySlice<Int32>) -> DenseMatrix<Float> {
        DenseMatrix(rows: ids.count, columns: columns, elements: ids.flatMap { row(Int($0)) })
    }
}
