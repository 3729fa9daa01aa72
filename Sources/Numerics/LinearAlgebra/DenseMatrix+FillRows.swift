extension DenseMatrix {
    /// Writes rows on several threads: `body` is called once for each range of rows, with their elements, row-major, and a
    /// workspace that belongs to the thread.
    ///
    /// - Parameter ranges: of rows, ascending and apart from each other.
    /// - Returns: the results of `body` in the order of the ranges.
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
            // The ranges are apart, so no two threads have an element in common.
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
