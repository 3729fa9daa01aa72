extension DenseMatrix {
    /// Writes rows on several threads: `body` is called once for each row, with its elements and a workspace that belongs to the
    /// thread.
    ///
    /// - Parameter chunks: the rows that a thread takes at a time, ascending and apart from each other.
    /// - Returns: the results of `body` in the order of the rows.
    @discardableResult
    public mutating func fillRows<Workspace, Result: Sendable>(
        _ chunks: [Range<Int>], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ row: Int, _ elements: inout MutableSpan<Element>, inout Workspace) -> Result
    ) -> [Result] {
        precondition(
            zip(chunks, chunks.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
                && chunks.first?.lowerBound ?? 0 >= 0 && chunks.last?.upperBound ?? 0 <= rows, "chunks of rows")
        let columns = columns
        return unsafe elements.withUnsafeMutableBufferPointer { buffer in
            // Each row is in one chunk at most, so no two threads have an element in common.
            nonisolated(unsafe) let buffer = unsafe buffer
            return Parallel.map(chunks.count, threads: threads, workspace: workspace) { chunk, own in
                chunks[chunk].map { row in
                    let place = unsafe UnsafeMutableBufferPointer(rebasing: buffer[row * columns..<(row + 1) * columns])
                    var elements = unsafe place.mutableSpan
                    return body(row, &elements, &own)
                }
            }.flatMap { $0 }
        }
    }
}
