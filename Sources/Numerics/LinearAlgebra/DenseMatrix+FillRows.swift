extension DenseMatrix {
    /// Fills rows in parallel: calls `body` once per range of rows with their elements, row-major, and the thread's
    /// workspace.
    ///
    /// - Parameter ranges: of rows, ascending and disjoint.
    /// - Returns: the results of `body`, in the order of the ranges.
    @inlinable @discardableResult
    public mutating func fillRows<Workspace: ~Copyable, Result: Sendable>(
        _ ranges: [Range<Int>], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ rows: Range<Int>, _ elements: inout MutableSpan<Element>, inout Workspace) -> Result
    ) -> [Result] {
        precondition(
            zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
                && ranges.first?.lowerBound ?? 0 >= 0 && ranges.last?.upperBound ?? 0 <= rows, "ranges of rows")
        let columns = columns
        return unsafe elements.withUnsafeMutableBufferPointer { buffer in
            // The ranges are disjoint, so no two threads share an element.
            nonisolated(unsafe) let buffer = unsafe buffer
            return Parallel.map(ranges.count, threads: threads, workspace: workspace) { index, own in
                let range = ranges[index]
                let part = unsafe buffer[range.lowerBound * columns..<range.upperBound * columns]
                var elements = unsafe UnsafeMutableBufferPointer(rebasing: part).mutableSpan
                return body(range, &elements, &own)
            }
        }
    }
}
