internal import Factorization
internal import LinearAlgebra

/// A block of rows with what else its equations need, as frames bring them.
struct FactorInput {
    private let limits: WorkerLimits
    private var rows: RowArrays?
    private var chunks: [Range<Int>]?
    private var gramian: DenseMatrix<Float>?
    private(set) var routes: Routes?

    init(_ limits: WorkerLimits) { self.limits = limits }

    /// Whether no frame has come.
    var isEmpty: Bool { rows == nil && chunks == nil && gramian == nil && routes == nil }

    /// The ratings of the rows, shape (rows, partners).
    var ratings: SparseMatrix<Float> {
        rows?.matrix ?? SparseMatrix(columns: 0, rowOffsets: [0], columnIndices: [], values: [])
    }

    mutating func take(_ frame: Frame, _ settings: FactorSettings) throws(WorkerFailure) {
        var payload = PayloadReader(frame)
        switch frame.kind {
        case .rows:
            guard chunks == nil else { throw payload.failure("comes after CHUNKS") }
            let empty = RowArrays(columns: try settings.partners(limits))
            var rows = rows ?? empty
            // One owner, so that adding does not copy.
            self.rows = nil
            try Self.add(&payload, to: &rows)
            self.rows = rows
        case .chunks:
            guard chunks == nil else { throw payload.failure("comes twice") }
            if rows == nil { rows = RowArrays(columns: try settings.partners(limits)) }
            chunks = try chunks(&payload)
        case .gramian:
            guard settings.task == .implicit, gramian == nil else {
                throw payload.failure("is of the task implicit alone, and comes once")
            }
            gramian = try Self.gramian(&payload, order: settings.order)
        default:
            guard routes == nil else { throw payload.failure("comes twice") }
            routes = try Routes(&payload, partners: settings.partners(limits))
        }
    }

    private static func add(_ payload: inout PayloadReader, to rows: inout RowArrays) throws(WorkerFailure) {
        let count = try payload.count("rows")
        let first = try payload.count("first row")
        let isContinued = count > 0 && rows.rows > 0 && first == rows.rows - 1
        guard isContinued || first == rows.rows else {
            throw payload.failure("begins at row \(first) instead of \(rows.rows)")
        }
        try rows.add(&payload, rows: count, continuing: isContinued, asHalves: false)
        try payload.end()
    }

    private func chunks(_ payload: inout PayloadReader) throws(WorkerFailure) -> [Range<Int>] {
        let ends = try payload.rest(Int.self, "chunks")
        try payload.end()
        let count = rows?.rows ?? 0
        guard ends.last ?? 0 == count, zip([0] + ends, ends).allSatisfy({ $0 < $1 }) else {
            throw payload.failure("the ends of chunks do not ascend to \(count), the number of rows")
        }
        return zip([0] + ends, ends).map { $0..<$1 }
    }

    private static func gramian(
        _ payload: inout PayloadReader, order: Int
    ) throws(WorkerFailure) -> DenseMatrix<Float> {
        let elements = try payload.numbers(Float.self, order * order, "elements")
        try payload.end()
        guard elements.allSatisfy(\.isFinite) else { throw payload.failure("an element is not finite") }
        return DenseMatrix(rows: order, columns: order, elements: elements)
    }

    /// The block, whose rows are complete.
    ///
    /// - Parameter frame: that needs it.
    func block(_ settings: FactorSettings, for frame: Frame, mean: Float) throws(WorkerFailure) -> RowBlock {
        let name = frame.kind.name
        guard let rows, let chunks else {
            throw .badInput("\(name) is out of place: ROWS and CHUNKS have to stand before it")
        }
        let first = try settings.first
        guard first <= limits.side - rows.rows else {
            throw .badInput("CONFIG: first is \(first), above \(limits.side)")
        }
        let needsGramian = settings.task == .implicit && (frame.kind == .solve || frame.kind == .features)
        guard !needsGramian || gramian != nil else {
            throw .badInput("\(name) is out of place: GRAMIAN has to stand before it")
        }
        let order = try settings.order
        return RowBlock(
            side: settings.side, ratings: rows.matrix, chunks: chunks, firstRow: first,
            equations: try settings.equations(
                mean: mean, gramian: gramian ?? DenseMatrix(rows: order, columns: order), partners: rows.columns,
                needsPenalty: frame.kind != .values),
            threads: settings.threads)
    }
}
