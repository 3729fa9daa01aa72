/// The k best candidates of each of several rows: larger score first, then lower index.
///
/// The order is total, so what is kept does not depend on the order in which candidates are offered. Each row is a heap
/// with its worst entry at the root; `thresholds` repeats the roots' scores, so that many candidates are compared with them
/// at a time before anything touches a heap.
public struct TopK: Sendable {
    public let rows: Int
    public let capacity: Int
    /// The least score that may still enter each row.
    public private(set) var thresholds: [Float]
    private var counts: [Int]
    private var heaps: [Key]

    /// - Parameter floor: candidates with a lower score are never kept. The default takes every positive score.
    public init(rows: Int, capacity: Int, floor: Float = .leastNonzeroMagnitude) {
        precondition(capacity > 0, "the k of top-k is at least 1")
        self.rows = rows
        self.capacity = capacity
        thresholds = Array(repeating: floor, count: rows)
        counts = Array(repeating: 0, count: rows)
        heaps = Array(repeating: Key(0, 0), count: rows * capacity)
    }

    /// What a row has kept, best first.
    public func best(ofRow row: Int) -> [(index: Int32, score: Float)] {
        heaps[row * capacity..<row * capacity + counts[row]].sorted(by: >).map { ($0.index, $0.score) }
    }

    /// Offers one candidate to a row.
    @inline(__always)
    public mutating func offer(_ score: Float, _ index: Int32, to row: Int) {
        if score >= thresholds[row] { insert(Key(score, index), to: row) }
    }

    private mutating func insert(_ key: Key, to row: Int) {
        let (base, capacity, count) = (row * capacity, capacity, counts[row])
        var heap = heaps.mutableSpan
        if count < capacity {
            heap.siftUp(base, from: count, key)
        } else if heap[base] < key {
            heap.siftDown(base, capacity, key)
        }
        let root = heap[base].score
        counts[row] = min(count + 1, capacity)
        if count + 1 >= capacity { thresholds[row] = root }
    }

    /// Offers the tile's row i to row i, under the indices `firstIndex`, `firstIndex + 1`, …
    ///
    /// - Parameter skippingDiagonal: leaves the elements (i, i) out, where rows and columns are the same users.
    public mutating func offerRows(
        of tile: DenseMatrix<Float>, firstIndex: Int, skippingDiagonal: Bool
    ) {
        precondition(tile.rows == rows, "a row of the tile for each row of the lists")
        for row in 0..<rows {
            let base = row * tile.columns
            var column = 0
            while column < tile.columns {
                let end = min(column + Self.laneCount, tile.columns)
                let reaches =
                    end - column < Self.laneCount
                    || Self.anyReaches(tile.elements, base + column, thresholds[row])
                if reaches {
                    for candidate in column..<end where !(skippingDiagonal && candidate == row) {
                        offer(tile.elements[base + candidate], Int32(firstIndex + candidate), to: row)
                    }
                }
                column = end
            }
        }
    }

    /// Offers the tile's column j to row j, under the indices `firstIndex`, `firstIndex + 1`, …
    public mutating func offerColumns(of tile: DenseMatrix<Float>, firstIndex: Int) {
        precondition(tile.columns == rows, "a column of the tile for each row of the lists")
        for row in 0..<tile.rows {
            let base = row * tile.columns
            var column = 0
            while column < tile.columns {
                let end = min(column + Self.laneCount, tile.columns)
                let reaches =
                    end - column < Self.laneCount
                    || Self.anyReaches(tile.elements, base + column, thresholds, column)
                if reaches {
                    for candidate in column..<end {
                        offer(tile.elements[base + candidate], Int32(firstIndex + row), to: candidate)
                    }
                }
                column = end
            }
        }
    }
}

// MARK: - Heap

/// A score and an index in one number that is larger where the score is, and among equal scores where the index is lower.
private struct Key: Comparable {
    private let bits: UInt64

    init(_ score: Float, _ index: Int32) {
        // The bits of positive numbers ascend with them, those of negative ones descend.
        let pattern = score.bitPattern
        let ascending = pattern >> 31 == 0 ? pattern | 0x8000_0000 : ~pattern
        bits = UInt64(ascending) << 32 | UInt64(~UInt32(bitPattern: index))
    }

    var score: Float {
        let ascending = UInt32(bits >> 32)
        return Float(bitPattern: ascending >> 31 == 1 ? ascending & 0x7FFF_FFFF : ~ascending)
    }

    var index: Int32 { Int32(bitPattern: ~UInt32(truncatingIfNeeded: bits)) }

    static func < (a: Key, b: Key) -> Bool { a.bits < b.bits }
}

extension MutableSpan<Key> {
    fileprivate mutating func siftUp(_ base: Int, from place: Int, _ key: Key) {
        var place = place
        while place > 0 {
            let parent = (place - 1) / 2
            guard key < self[base + parent] else { break }
            self[base + place] = self[base + parent]
            place = parent
        }
        self[base + place] = key
    }

    /// Replaces the root.
    fileprivate mutating func siftDown(_ base: Int, _ count: Int, _ key: Key) {
        var place = 0
        while 2 * place + 1 < count {
            var child = 2 * place + 1
            if child + 1 < count, self[base + child + 1] < self[base + child] { child += 1 }
            guard self[base + child] < key else { break }
            self[base + place] = self[base + child]
            place = child
        }
        self[base + place] = key
    }
}

// MARK: - Comparison by lanes

extension TopK {
    private typealias Lanes = SIMD16<Float>
    private static var laneCount: Int { Lanes.scalarCount }

    /// Whether any of the sixteen scores from `start` reaches one bound.
    private static func anyReaches(_ scores: [Float], _ start: Int, _ bound: Float) -> Bool {
        any(lanes(of: scores, from: start) .>= Lanes(repeating: bound))
    }

    /// Whether any of the sixteen scores from `start` reaches its own bound.
    private static func anyReaches(
        _ scores: [Float], _ start: Int, _ bounds: [Float], _ first: Int
    ) -> Bool {
        any(lanes(of: scores, from: start) .>= lanes(of: bounds, from: first))
    }

    private static func lanes(of values: [Float], from start: Int) -> Lanes {
        precondition(start + laneCount <= values.count, "sixteen elements")
        return unsafe values.withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(
                fromByteOffset: start * MemoryLayout<Float>.stride, as: Lanes.self)
        }
    }
}
