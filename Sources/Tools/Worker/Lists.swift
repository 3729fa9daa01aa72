internal import LinearAlgebra
internal import Neighbors

extension FrameWriter {
    /// Writes LISTS frames of whole rows, cut at about 16 MB.
    ///
    /// - Parameters:
    ///   - rows: of the table.
    ///   - ids: one per row of these.
    mutating func write(
        _ table: NeighborTable, rows: Range<Int>, ids: [Int32], side: Int
    ) throws(WorkerFailure) {
        let entryBytes = 12
        for piece in pieces(of: rows, bytesBefore: { entryBytes * table.offsets[$0] + 8 * $0 }) {
            let entries = table.offsets[piece.lowerBound]..<table.offsets[piece.upperBound]
            var payload = PayloadWriter(capacity: entryBytes * entries.count + 8 * piece.count + 64)
            payload.add(side, piece.count)
            payload.add(ids[piece.lowerBound - rows.lowerBound..<piece.upperBound - rows.lowerBound])
            payload.add(piece.map { Int32(table.offsets[$0 + 1] - table.offsets[$0]) })
            payload.add(table.neighbors[entries])
            payload.add(table.similarities[entries])
            payload.add(table.supports[entries])
            try write(.lists, payload)
        }
    }

    /// Ranges of whole rows of about 16 MB; none for no rows.
    func pieces(of rows: Range<Int>, bytesBefore: (Int) -> Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = rows.lowerBound
        for end in rows.dropFirst() where bytesBefore(end) - bytesBefore(start) >= WorkerProtocol.pieceBytes {
            pieces.append(start..<end)
            start = end
        }
        if start < rows.upperBound { pieces.append(start..<rows.upperBound) }
        return pieces
    }
}

extension ListMerge.Lists {
    /// The lists of a LISTS frame.
    init(_ frame: Frame) throws(WorkerFailure) {
        var payload = PayloadReader(frame)
        _ = try payload.side()
        let rows = try payload.count("rows")
        let ids = try payload.numbers(Int32.self, rows, "ids")
        guard zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }), ids.first ?? 0 >= 0 else {
            throw payload.failure("ids do not ascend")
        }
        var offsets = [0]
        offsets.reserveCapacity(rows + 1)
        for count in try payload.numbers(Int32.self, rows, "counts") {
            guard count >= 0 else { throw payload.failure("a row of \(count) neighbors") }
            offsets.append(offsets[offsets.count - 1] + Int(count))
        }
        let entries = offsets[rows]
        let neighbors = try payload.numbers(Int32.self, entries, "neighbors")
        let similarities = try payload.numbers(Float.self, entries, "similarities")
        let supports = try payload.numbers(Int32.self, entries, "supports")
        try payload.end()
        guard neighbors.allSatisfy({ $0 >= 0 }), supports.allSatisfy({ $0 > 0 }),
            similarities.allSatisfy({ $0 > 0 && $0 <= 1 })
        else { throw payload.failure("a neighbor without id, support or similarity") }
        for row in 0..<rows {
            let entries = offsets[row]..<offsets[row + 1]
            guard
                zip(entries, entries.dropFirst()).allSatisfy({
                    (similarities[$1], neighbors[$0]) < (similarities[$0], neighbors[$1])
                })
            else { throw payload.failure("the neighbors of \(ids[row]) are not sorted, best first") }
        }
        self.init(
            ids: ids,
            table: NeighborTable(
                offsets: offsets, neighbors: neighbors, similarities: similarities, supports: supports))
    }
}
