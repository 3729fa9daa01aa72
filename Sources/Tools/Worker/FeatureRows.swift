internal import LinearAlgebra

/// The features of partners, as FEATURES frames bring them.
struct FeatureRows {
    private let partners: Int
    private let order: Int
    private var ids: [Int32] = []
    private var elements: [Float] = []
    /// Up to this size memory is reserved at once, and taken as frames come; growing would take twice as much.
    private static let reservedBytes = 4 << 30

    /// - Parameter partners: the number of all of them.
    init(partners: Int, order: Int) {
        self.partners = partners
        self.order = order
    }

    /// The content of one frame.
    struct Piece {
        let ids: [Int32]
        let features: DenseMatrix<Float>

        /// - Throws: `WorkerFailure` unless there are as many rows as ids, of the given order, and all are finite.
        init(_ payload: inout PayloadReader, order: Int) throws(WorkerFailure) {
            let count = try payload.count("rows")
            let own = try payload.count("order")
            guard own == order else { throw payload.failure("order \(own), and the task has \(order)") }
            ids = try payload.numbers(Int32.self, count, "ids")
            let elements = try payload.numbers(Float.self, count * order, "elements")
            try payload.end()
            guard elements.allSatisfy(\.isFinite) else { throw payload.failure("an element is not finite") }
            features = DenseMatrix(rows: count, columns: order, elements: elements)
        }
    }

    mutating func add(_ piece: Piece) throws(WorkerFailure) {
        var last = ids.last ?? -1
        for id in piece.ids {
            guard id > last, Int(id) < partners else {
                throw .badInput("FEATURES: partner \(id) follows \(last) of \(partners)")
            }
            last = id
        }
        if ids.isEmpty, partners <= Self.reservedBytes / (4 * order) {
            ids.reserveCapacity(partners)
            elements.reserveCapacity(partners * order)
        }
        ids += piece.ids
        elements += piece.features.storage
    }

    /// The features of all partners, shape (partners, order); zero for those that no row rated.
    ///
    /// - Throws: `WorkerFailure` where a row has rated a partner whose features never came.
    func matrix(for rows: SparseMatrix<Float>) throws(WorkerFailure) -> DenseMatrix<Float> {
        if ids.count == partners { return DenseMatrix(rows: partners, columns: order, elements: elements) }
        var isHere = [Bool](repeating: false, count: partners)
        for id in ids { isHere[Int(id)] = true }
        if let missing = rows.columnIndices.first(where: { !isHere[Int($0)] }) {
            throw .badInput("SOLVE: the features of partner \(missing) never came")
        }
        let received = DenseMatrix(rows: ids.count, columns: order, elements: elements)
        var matrix = DenseMatrix<Float>(rows: partners, columns: order)
        for (place, id) in ids.enumerated() { matrix.copyRow(place, of: received, to: Int(id), times: 1) }
        return matrix
    }
}
