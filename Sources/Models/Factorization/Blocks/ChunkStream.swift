import LinearAlgebra

/// The rows of one chunk while the features of their partners come.
///
/// A row keeps at most 128 partners' features. When it has them, they are added to its sums as the same panel that an
/// uninterrupted solve adds, so the bits are the same wherever the frames are cut. A row whose last partner came is
/// solved, and keeps its solution alone.
struct ChunkStream: Sendable {
    private let rows: Range<Int>
    /// The next entry of each row.
    private var cursors: [Int]
    /// The features of each row's partners that wait for their panel, shape (panel, order).
    private var waiting: [DenseMatrix<Float>]
    /// The sums of earlier panels of each row.
    private var sums: [SymmetricSystem.Sums]
    private(set) var losses: [Double]
    /// Row by row.
    private(set) var solutions: [Float]
    private let order: Int
    /// The lowest row without a solution.
    private(set) var failure: (row: Int, reason: Reason)?

    enum Reason: Sendable {
        case missing(partner: Int)
        case unsolved(CholeskyError)
    }

    init(_ rows: Range<Int>, of ratings: SparseMatrix<Float>, order: Int) {
        self.rows = rows
        self.order = order
        cursors = rows.map { ratings.rowOffsets[$0] }
        waiting = Array(repeating: DenseMatrix(rows: 0, columns: order), count: rows.count)
        sums = Array(repeating: SymmetricSystem.Sums(), count: rows.count)
        losses = Array(repeating: 0, count: rows.count)
        solutions = Array(repeating: 0, count: rows.count * order)
    }

    /// The features of consecutive partners.
    struct Frame: Sendable {
        let places: PartnerPlaces
        /// One row per partner.
        let features: DenseMatrix<Float>
        /// The last partner.
        let last: Int32
    }

    /// Takes what its rows need of a frame; frames come in ascending order of partners.
    mutating func add(
        _ frame: Frame, _ ratings: SparseMatrix<Float>, _ terms: some RowTerms, in equations: inout NormalEquations
    ) {
        for row in rows {
            let (own, entries) = (row - rows.lowerBound, ratings.entries(ofRow: row))
            while cursors[own] < entries.upperBound, ratings.columnIndices[cursors[own]] <= frame.last {
                let entry = cursors[own]
                guard let place = frame.places[ratings.columnIndices[entry]] else {
                    fail(row, .missing(partner: Int(ratings.columnIndices[entry])))
                    cursors[own] = entries.upperBound
                    break
                }
                let line = (entry - entries.lowerBound) % Self.panel
                if entry == entries.lowerBound {
                    waiting[own] = DenseMatrix(rows: min(entries.count, Self.panel), columns: order)
                }
                waiting[own].copyRow(place, of: frame.features, to: line, times: 1)
                cursors[own] = entry + 1
                if line == Self.panel - 1 || entry + 1 == entries.upperBound {
                    addPanel(entry - line...entry, to: row, ratings, terms, in: &equations)
                }
            }
        }
    }

    /// Notes the partners that never came.
    mutating func finish(_ ratings: SparseMatrix<Float>) {
        for row in rows {
            let cursor = cursors[row - rows.lowerBound]
            if cursor < ratings.rowOffsets[row + 1] {
                fail(row, .missing(partner: Int(ratings.columnIndices[cursor])))
                return
            }
        }
    }

    /// Adds the waiting features of a row, and solves it if they are its last.
    private mutating func addPanel(
        _ panel: ClosedRange<Int>, to row: Int, _ ratings: SparseMatrix<Float>, _ terms: some RowTerms,
        in equations: inout NormalEquations
    ) {
        let (own, entries) = (row - rows.lowerBound, ratings.entries(ofRow: row))
        if panel.lowerBound == entries.lowerBound {
            equations.begin(base: terms.base)
        } else {
            equations.begin(sums[own])
        }
        equations.addPanel(
            Self.lines[..<panel.count], of: NormalEquations.Features(vectors: waiting[own], areBiased: terms.areBiased)
        ) { terms.observation(ratings.values[panel.lowerBound + $0]) }
        guard panel.upperBound + 1 == entries.upperBound else { return equations.save(to: &sums[own]) }
        waiting[own] = DenseMatrix(rows: 0, columns: order)
        sums[own] = SymmetricSystem.Sums()
        equations.finish()
        terms.penalize(&equations, ratings: entries.count)
        do throws(CholeskyError) { try terms.solve(&equations, start: nil) } catch {
            return fail(row, .unsolved(error))
        }
        losses[own] = equations.loss
        let place = own * order
        var target = solutions.mutableSpan
        equations.copySolution(to: &target, at: place)
    }

    private mutating func fail(_ row: Int, _ reason: Reason) {
        if failure.map({ row < $0.row }) ?? true { failure = (row, reason) }
    }

    private static let panel = SymmetricSystem.panelLines
    private static let lines = Array(0..<Int32(SymmetricSystem.panelLines))
}
