internal import LinearAlgebra

extension FrameWriter {
    /// Writes SOLUTION frames of whole rows, cut at about 16 MB.
    mutating func write(solution vectors: DenseMatrix<Float>) throws(WorkerFailure) {
        let order = vectors.columns
        for piece in pieces(of: 0..<vectors.rows, bytesBefore: { 4 * order * $0 }) {
            var payload = PayloadWriter(capacity: 4 * order * piece.count + 32)
            payload.add(piece.lowerBound, piece.count, order)
            payload.add(vectors.storage[piece.lowerBound * order..<piece.upperBound * order])
            try write(.solution, payload)
        }
    }

    /// Writes ROUTED frames of the rows that each block of partners needs, cut at about 16 MB; none to a block that needs no row.
    ///
    /// - Parameters:
    ///   - rows: the ratings of the rows.
    ///   - first: the number of the first row in its side.
    mutating func write(
        _ vectors: DenseMatrix<Float>, of rows: SparseMatrix<Float>, by routes: Routes, first: Int
    ) throws(WorkerFailure) {
        let order = vectors.columns
        for (block, rows) in routes.rows(of: rows).enumerated() {
            for piece in pieces(of: rows.indices, bytesBefore: { (4 * order + 4) * $0 }) {
                var routed = DenseMatrix<Float>(rows: piece.count, columns: order)
                for (place, row) in rows[piece].enumerated() {
                    routed.copyRow(Int(row), of: vectors, to: place, times: 1)
                }
                var payload = PayloadWriter(capacity: (4 * order + 4) * piece.count + 32)
                payload.add(block, piece.count, order)
                payload.add(rows[piece].map { Int32(first + Int($0)) })
                payload.add(routed.storage)
                try write(.routed, payload)
            }
        }
    }

    /// Writes a SUMS frame.
    mutating func write(losses: [Double], penalties: [Double]) throws(WorkerFailure) {
        var payload = PayloadWriter()
        payload.add(losses.count)
        payload.add(losses)
        payload.add(penalties)
        try write(.sums, payload)
    }

    /// Writes GRAMIANS frames of whole matrices, cut at about 16 MB.
    mutating func write(gramians: [DenseMatrix<Float>], order: Int) throws(WorkerFailure) {
        for piece in pieces(of: gramians.indices, bytesBefore: { 4 * order * order * $0 }) {
            var payload = PayloadWriter(capacity: 4 * order * order * piece.count + 32)
            payload.add(piece.lowerBound, piece.count, order)
            payload.add(gramians[piece].flatMap { $0.storage.prefix(order * order) })
            try write(.gramians, payload)
        }
    }
}
