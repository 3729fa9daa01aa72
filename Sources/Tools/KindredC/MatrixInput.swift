import CKindred
import Kindred
import Synchronization

/// A sparse matrix of C, checked and copied in one pass over its arrays.
///
/// Every read is of an element that the matrix says it has, and the copies are what the engine works on: whatever other
/// threads do to the arrays meanwhile, it sees a matrix that was checked.
@safe struct MatrixInput {
    private let matrix: kindred_csr
    /// What messages call it.
    private let name: String

    /// - Throws: `Failure` for a missing matrix, array or size out of range.
    init(_ matrix: UnsafePointer<kindred_csr>?, _ name: String) throws(Failure) {
        guard let matrix = unsafe matrix?.pointee else { throw .value("\(name) is missing") }
        unsafe self.matrix = unsafe matrix
        self.name = name
        let most = Int64(Int32.max)
        for (side, count) in unsafe [("rows", matrix.rows), ("columns", matrix.columns)]
        where !(0...most).contains(count) {
            throw .value("\(name) has \(count) \(side); there can be 0 to \(most)")
        }
        guard unsafe (0...Int64.max / 64).contains(matrix.entries) else {
            throw unsafe .value("\(name) has \(matrix.entries) entries")
        }
        let hasArrays = unsafe matrix.offsets != nil && (matrix.entries == 0 || matrix.indices != nil)
        guard hasArrays else { throw .value("\(name) lacks its offsets or its column indices") }
    }

    var rows: Int { unsafe Int(matrix.rows) }
    var columns: Int { unsafe Int(matrix.columns) }

    /// The matrix for the engine.
    ///
    /// - Throws: `Failure` with the place and the value of what is wrong.
    func sparse(threads: Int) throws(Failure) -> SparseMatrix<Float> {
        let offsets: [Int] =
            switch unsafe matrix.offset_bytes {
            case 4: try offsets(of: Int32.self)
            case 8: try offsets(of: Int64.self)
            default: throw unsafe .value("\(name): offsets have \(matrix.offset_bytes) bytes; they can have 4 or 8")
            }
        let indices: [Int32] =
            switch unsafe matrix.index_bytes {
            case 4: try indices(of: Int32.self, offsets, threads)
            case 8: try indices(of: Int64.self, offsets, threads)
            default: throw unsafe .value("\(name): indices have \(matrix.index_bytes) bytes; they can have 4 or 8")
            }
        return SparseMatrix(
            columns: columns, rowOffsets: offsets, columnIndices: indices, values: try values(offsets, threads))
    }

    private func offsets<Index: FixedWidthInteger>(of type: Index.Type) throws(Failure) -> [Int] {
        let given = unsafe UnsafeBufferPointer(start: array(matrix.offsets, of: type), count: rows + 1)
        let offsets = unsafe given.map { Int($0) }
        guard offsets[0] == 0 else { throw .value("\(name): the first offset is \(offsets[0]); it has to be 0") }
        for row in 0..<rows where offsets[row] > offsets[row + 1] {
            throw .value(
                "\(name): the offset after row \(row) is \(offsets[row + 1]), less than the \(offsets[row]) before it")
        }
        guard unsafe offsets[rows] == Int(matrix.entries) else {
            throw unsafe .value("\(name): the last offset is \(offsets[rows]), but there are \(matrix.entries) entries")
        }
        return offsets
    }

    private func indices<Index: FixedWidthInteger & Sendable>(
        of type: Index.Type, _ offsets: [Int], _ threads: Int
    ) throws(Failure) -> [Int32] {
        let (columns, entries) = (columns, offsets[rows])
        nonisolated(unsafe) let given = unsafe UnsafeBufferPointer(
            start: array(matrix.indices, of: type), count: entries)
        let chunks = Parallel.chunks(rows) { offsets[$0] }
        let bounds = [0] + chunks.map { offsets[$0.upperBound] }
        let firstFault = Atomic(Int.max)
        let copied: [Int32] = Parallel.fill(bounds, threads: threads, workspace: {}) { part, _, elements in
            let start = bounds[part]
            for place in elements.indices {
                // What does not fit is beyond the columns.
                elements[place] = unsafe Int32(exactly: given[start + place]) ?? -1
            }
            // The copy is checked, not what is given: another thread could change that.
            let copied = elements.span
            let fault = chunks[part].first { row in
                !ascend(copied.extracting(offsets[row] - start..<offsets[row + 1] - start), below: columns)
            }
            if let fault { firstFault.min(fault, ordering: .relaxed) }
        }
        let row = firstFault.load(ordering: .relaxed)
        guard row < rows else { return copied }
        throw unsafe fault(ofRow: row, given[offsets[row]..<offsets[row + 1]].map { Int64($0) })
    }

    /// What is wrong with the columns of a row.
    private func fault(ofRow row: Int, _ given: [Int64]) -> Failure {
        if let column = given.first(where: { $0 < 0 || $0 >= columns }) {
            return .value("\(name): row \(row) has column \(column); there are \(columns), counted from 0")
        }
        let place = given.indices.dropFirst().first { given[$0] <= given[$0 - 1] } ?? 0
        guard place > 0 else { return .value("\(name): row \(row) was changed while it was read") }
        return given[place] == given[place - 1]
            ? .value("\(name): row \(row) has column \(given[place]) twice; sum duplicates first")
            : .value("\(name): row \(row) has column \(given[place]) after \(given[place - 1]); sort each row first")
    }

    private func values(_ offsets: [Int], _ threads: Int) throws(Failure) -> [Float] {
        let entries = offsets[rows]
        guard unsafe matrix.values != nil else { return Array(repeating: 1, count: entries) }
        switch unsafe matrix.value_bytes {
        case 4: return try values(of: Float.self, offsets, threads)
        case 8: return try values(of: Double.self, offsets, threads)
        default: throw unsafe .value("\(name): values have \(matrix.value_bytes) bytes; they can have 4 or 8")
        }
    }

    private func values<Value: BinaryFloatingPoint & Sendable>(
        of type: Value.Type, _ offsets: [Int], _ threads: Int
    ) throws(Failure) -> [Float] {
        let entries = offsets[rows]
        nonisolated(unsafe) let given = unsafe UnsafeBufferPointer(
            start: array(matrix.values, of: type), count: entries)
        let bounds = [0] + Parallel.ranges(entries, of: 1 << 16).map(\.upperBound)
        let firstFault = Atomic(Int.max)
        let copied: [Float] = Parallel.fill(bounds, threads: threads, workspace: {}) { part, _, elements in
            let start = bounds[part]
            for place in elements.indices { elements[place] = unsafe Float(given[start + place]) }
            let copied = elements.span
            guard !areRatings(copied) else { return }
            let fault = copied.indices.first { !RatingScale.widest.contains(copied[$0]) }
            firstFault.min(start + (fault ?? 0), ordering: .relaxed)
        }
        let entry = firstFault.load(ordering: .relaxed)
        guard entry < entries else { return copied }
        let row = (offsets.firstIndex { $0 > entry } ?? 1) - 1
        throw .value(
            "\(name): row \(row) has the value \(copied[entry]); values have to be finite and \(RatingScale.widest.words)"
        )
    }

    private func array<Element>(_ start: UnsafeRawPointer?, of type: Element.Type) -> UnsafePointer<Element>? {
        unsafe start?.assumingMemoryBound(to: type)
    }
}

/// Whether columns strictly ascend from 0 or later and stay below a number; without branches, so that many are compared at once.
private func ascend(_ columns: Span<Int32>, below count: Int) -> Bool {
    guard !columns.isEmpty else { return true }
    var faults: UInt32 = 0
    for place in 1..<columns.count { faults |= columns[place - 1] < columns[place] ? 0 : 1 }
    return faults == 0 && columns[0] >= 0 && columns[columns.count - 1] < count
}

/// Whether all values can be ratings; without branches too.
private func areRatings(_ values: Span<Float>) -> Bool {
    var faults: UInt32 = 0
    for place in values.indices { faults |= RatingScale.widest.contains(values[place]) ? 0 : 1 }
    return faults == 0
}
