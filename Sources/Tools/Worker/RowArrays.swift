internal import LinearAlgebra

/// Rows of a sparse matrix, collected from frames and checked: columns ascend within a row and are in range, values are finite.
struct RowArrays {
    let columns: Int
    private(set) var offsets = [0]
    private var indices: [Int32] = []
    private var values: [Float] = []

    init(columns: Int) { self.columns = columns }

    var rows: Int { offsets.count - 1 }

    var matrix: SparseMatrix<Float> {
        SparseMatrix(columns: columns, rowOffsets: offsets, columnIndices: indices, values: values)
    }

    /// Adds offsets, columns and values of a frame.
    ///
    /// - Parameters:
    ///   - continuing: whether the first of the rows continues the last one so far.
    ///   - asHalves: whether values are bytes that count halves: 9 is 4.5.
    mutating func add(
        _ payload: inout PayloadReader, rows count: Int, continuing: Bool, asHalves: Bool
    ) throws(WorkerFailure) {
        guard count < Int.max else { throw payload.failure("\(count) rows") }
        let starts = try payload.numbers(Int.self, count + 1, "offsets")
        guard starts[0] == 0, zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw payload.failure("offsets do not ascend from 0")
        }
        let entries = starts[count]
        let more = try payload.numbers(Int32.self, entries, "columns")
        let numbers: [Float]
        if asHalves {
            numbers = try payload.numbers(UInt8.self, entries, "values").map { 0.5 * Float($0) }
        } else {
            numbers = try payload.numbers(Float.self, entries, "values")
            guard numbers.allSatisfy(\.isFinite) else { throw payload.failure("a value is not finite") }
        }
        try check(more, starts, continuing: continuing, payload)
        let base = indices.count
        if continuing, count > 0 { offsets.removeLast() }
        offsets += starts.dropFirst().map { base + $0 }
        indices += more
        values += numbers
    }

    private func check(
        _ more: [Int32], _ starts: [Int], continuing: Bool, _ payload: PayloadReader
    ) throws(WorkerFailure) {
        let isContinued = continuing && offsets[rows - 1] < offsets[rows]
        for row in 0..<starts.count - 1 {
            var last = row == 0 && isContinued ? indices[indices.count - 1] : -1
            for column in more[starts[row]..<starts[row + 1]] {
                guard column > last, Int(column) < columns else {
                    throw payload.failure("column \(column) follows \(last) of \(columns) in row \(row) of the frame")
                }
                last = column
            }
        }
    }
}
