import LinearAlgebra

/// The rows of one chunk while the features of their partners come.
///
/// A row keeps fewer than 128 partners' features. When they are a panel, they are added to its sums as an uninterrupted solve
/// adds the same panel, so the bits are the same wherever the frames are cut. A row whose last partner came is solved, and
/// keeps its solution alone.
struct ChunkStream: Sendable {
    private let rows: Range<Int>
    /// The next entry of each row.
    private var cursors: [Int]
    /// The features of each row's partners that wait for their panel, partner by partner.
    private var waiting: [[Float]]
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
        waiting = Array(repeating: [], count: rows.count)
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
        var places = [Int32](repeating: 0, count: Self.panel)
        for row in rows {
            let (own, entries) = (row - rows.lowerBound, ratings.entries(ofRow: row))
            while cursors[own] < entries.upperBound, ratings.columnIndices[cursors[own]] <= frame.last {
                let first = cursors[own]
                let line = (first - entries.lowerBound) % Self.panel
                let panel = first - line..<min(first - line + Self.panel, entries.upperBound)
                var next = first
                while next < panel.upperBound, ratings.columnIndices[next] <= frame.last {
                    guard let place = frame.places[ratings.columnIndices[next]] else { break }
                    places[next - first] = Int32(place)
                    next += 1
                }
                if next < panel.upperBound, ratings.columnIndices[next] <= frame.last {
                    fail(row, .missing(partner: Int(ratings.columnIndices[next])))
                    cursors[own] = entries.upperBound
                    break
                }
                cursors[own] = next
                let isComplete = next == panel.upperBound
                if isComplete, line == 0 {
                    addPanel(panel, places[..<panel.count], of: frame.features, to: row, ratings, terms, in: &equations)
                    continue
                }
                if line == 0 { waiting[own].reserveCapacity(panel.count * order) }
                for place in places[..<(next - first)] {
                    waiting[own].append(contentsOf: frame.features.row(Int(place)))
                }
                if isComplete {
                    let features = DenseMatrix(rows: panel.count, columns: order, elements: waiting[own])
                    waiting[own] = []
                    addPanel(panel, Self.lines[..<panel.count], of: features, to: row, ratings, terms, in: &equations)
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

    /// Adds a panel of a row's entries, and solves the row if they are its last.
    ///
    /// - Parameter places: the rows of `features` that belong to the entries.
    private mutating func addPanel(
        _ panel: Range<Int>, _ places: ArraySlice<Int32>, of features: DenseMatrix<Float>, to row: Int,
        _ ratings: SparseMatrix<Float>, _ terms: some RowTerms, in equations: inout NormalEquations
    ) {
        let (own, entries) = (row - rows.lowerBound, ratings.entries(ofRow: row))
        if panel.lowerBound == entries.lowerBound {
            equations.begin(base: terms.base)
        } else {
            equations.begin(sums[own])
        }
        equations.addPanel(
            places, of: NormalEquations.Features(vectors: features, areBiased: terms.areBiased)
        ) { terms.observation(ratings.values[panel.lowerBound + $0]) }
        guard panel.upperBound == entries.upperBound else { return equations.save(to: &sums[own]) }
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
