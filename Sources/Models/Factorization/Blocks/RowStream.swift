public import LinearAlgebra

/// Solves the rows of a block while the features of their partners come, ascending by partner, each once.
///
/// Nothing is kept of partners that no row rated. The result has the bits of `RowBlock.solve`, wherever the frames are
/// cut.
///
/// A row of n ratings takes 4·order bytes for its solution and 56 besides. From its first partner to its last it also
/// takes 4·order·min(n, 128) bytes of features, and `SymmetricSystem.Sums.bytes` if n > 128: at order 65 a row of 30
/// ratings takes 7,800 bytes more, and one of any number above 128 takes 33,280 + 25,600.
///
/// - Complexity: as `RowBlock.solve`, and O(rows) per frame.
public struct RowStream: ~Copyable {
    private let block: RowBlock
    private var chunks: [ChunkStream]
    /// The last partner so far.
    private var last: Int32 = -1
    private var failure: FactorizationError?

    init(_ block: RowBlock) {
        self.block = block
        chunks = block.step.chunks.map { ChunkStream($0, of: block.ratings, order: block.equations.order) }
    }

    /// Takes the features of some partners. What is wrong with them is thrown by `finish`.
    ///
    /// - Parameters:
    ///   - ids: the partners, ascending and above all earlier ones.
    ///   - features: one row per id, shape (ids, order).
    public mutating func add(ids: ArraySlice<Int32>, features: DenseMatrix<Float>) {
        precondition(features.rows == ids.count && features.columns == block.equations.order, "shape of the features")
        guard failure == nil, let end = ids.last else { return }
        for id in ids {
            guard id > last, id < block.ratings.columns else {
                failure = .unexpectedPartner(Int(id))
                return
            }
            last = id
        }
        let frame = ChunkStream.Frame(places: PartnerPlaces(ids), features: features, last: end)
        switch block.terms {
        case .explicit(let terms): add(frame, terms)
        case .implicit(let terms): add(frame, terms)
        }
    }

    private mutating func add(_ frame: ChunkStream.Frame, _ terms: some RowTerms) {
        let (ratings, order) = (block.ratings, block.equations.order)
        Parallel.update(
            each: &chunks, threads: block.threads, workspace: { NormalEquations(order: order, solver: terms.solver) }
        ) { _, chunk, equations in
            chunk.add(frame, ratings, terms, in: &equations)
        }
    }

    /// The solution, after the features of all partners.
    ///
    /// - Throws: `unexpectedPartner` or `missingPartner` if not each came once and in order; else as `RowBlock.solve`.
    public consuming func finish() throws(FactorizationError) -> RowBlock.Solution {
        if let failure { throw failure }
        var sums = HalfStep.Sums()
        for index in chunks.indices {
            chunks[index].finish(block.ratings)
            if let (row, reason) = chunks[index].failure { throw block.step.failure(reason, row: row) }
            sums.losses.append(chunks[index].losses.reduce(0, +))
        }
        let vectors = DenseMatrix(
            rows: block.ratings.rows, columns: block.equations.order,
            elements: Parallel.join(chunks.map(\.solutions), threads: block.threads))
        switch block.terms {
        case .explicit(let terms): sums.penalties = block.step.penalties(of: vectors, block.ratings, terms)
        case .implicit(let terms): sums.penalties = block.step.penalties(of: vectors, block.ratings, terms)
        }
        return block.solution(vectors, sums)
    }
}

extension HalfStep {
    fileprivate func failure(_ reason: ChunkStream.Reason, row: Int) -> FactorizationError {
        switch reason {
        case .unsolved(let error): failure(error, row: row)
        case .missing(let partner): missing(partner, row: row)
        }
    }
}
