import CKindred
import Kindred
import TestSupport
import Testing

/// Handles of one test, which frees them.
@safe final class Handles {
    let call = unsafe kindred_call_make()
    var ratings: OpaquePointer?

    deinit {
        unsafe kindred_ratings_free(ratings)
        unsafe kindred_call_free(call)
    }

    /// With ratings that C was given.
    convenience init(_ matrix: RatingMatrix) throws {
        self.init()
        let status = unsafe withCSR(matrix.byUser) { unsafe kindred_ratings_make($0, nil, nil, nil, call, &ratings) }
        try #require(status == 0, "\(error)")
    }

    /// Why the last function failed.
    var error: String { unsafe String(cString: kindred_call_error(call)) }
}

/// Gives a matrix as C has it.
func withCSR<Result>(
    _ matrix: SparseMatrix<Float>, _ body: (UnsafePointer<kindred_csr>) throws -> Result
) rethrows -> Result {
    try unsafe withCSR(
        rows: matrix.rows, columns: matrix.columns, matrix.rowOffsets.map(Int64.init), matrix.columnIndices,
        matrix.values, body)
}

/// Gives arrays of any types as a matrix, whatever they hold.
func withCSR<Offset, Index, Value, Result>(
    rows: Int, columns: Int, _ offsets: [Offset], _ indices: [Index], _ values: [Value],
    _ body: (UnsafePointer<kindred_csr>) throws -> Result
) rethrows -> Result {
    try unsafe offsets.withUnsafeBytes { offsets in
        try unsafe indices.withUnsafeBytes { indices in
            try unsafe values.withUnsafeBytes { values in
                var matrix = unsafe kindred_csr(
                    rows: Int64(rows), columns: Int64(columns),
                    entries: Int64(indices.count / MemoryLayout<Index>.size), offsets: offsets.baseAddress,
                    indices: indices.baseAddress, values: values.baseAddress,
                    offset_bytes: Int32(MemoryLayout<Offset>.size), index_bytes: Int32(MemoryLayout<Index>.size),
                    value_bytes: Int32(MemoryLayout<Value>.size))
                return try unsafe body(&matrix)
            }
        }
    }
}

/// Gives texts as ids.
func withIDs<Result>(_ ids: [String], _ body: (UnsafePointer<kindred_ids>) throws -> Result) rethrows -> Result {
    let bytes = ids.flatMap { $0.utf8.map { CChar(bitPattern: $0) } }
    let offsets = ids.reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1.utf8.count)) }
    return try unsafe bytes.withUnsafeBufferPointer { bytes in
        try unsafe offsets.withUnsafeBufferPointer { offsets in
            var ids = unsafe kindred_ids(
                count: Int64(ids.count), bytes: bytes.baseAddress, offsets: offsets.baseAddress)
            return try unsafe body(&ids)
        }
    }
}
