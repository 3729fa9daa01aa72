/// A workspace that sorts blocks of entries by column: a counting sort within the cache of a processor.
struct ColumnSort {
    /// As many entries as stay in the cache while they are sorted.
    static let blockSize = 1 << 15

    /// The entries of the block, ascending by column and in their own order within one.
    private(set) var order: [Int32] = []
    /// Where the next entry of each column goes.
    private var next: [Int32]

    init(_ columnCount: Int) { next = Array(repeating: 0, count: columnCount) }

    /// - Parameter columns: the column of each entry; one that is too large traps.
    /// - Complexity: O(entries + columns), or O(entries) where the columns ascend as they are.
    mutating func sort(_ columns: Span<Int32>) {
        order.removeAll(keepingCapacity: true)
        if Self.ascend(columns) {
            order += 0..<Int32(columns.count)
            return
        }
        for index in next.indices { next[index] = 0 }
        for entry in columns.indices { next[Int(columns[entry])] += 1 }
        var place: Int32 = 0
        for column in next.indices { (next[column], place) = (place, place + next[column]) }
        order += repeatElement(0, count: columns.count)
        for entry in columns.indices {
            let column = Int(columns[entry])
            order[Int(next[column])] = Int32(truncatingIfNeeded: entry)
            next[column] += 1
        }
    }

    private static func ascend(_ columns: Span<Int32>) -> Bool {
        for entry in 1..<max(1, columns.count) where columns[entry] < columns[entry - 1] { return false }
        return true
    }
}
