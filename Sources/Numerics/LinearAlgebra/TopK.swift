/// The k best candidates of each row: higher score first, then lower index.
///
/// The order is total, so the result does not depend on the order of offers. Each row buffers half again as many
/// candidates as it keeps before it drops the worst, which is cheaper than a heap. `thresholds` gives the score to
/// reach, so that most candidates are rejected many at a time.
///
/// - Complexity: amortized O(1) per accepted candidate; 12 bytes for each of rows · k in memory.
public struct TopK: Sendable {
    /// A candidate for a row's list.
    public struct Candidate: Sendable {
        /// The row it is offered to.
        public let row: Int32
        /// The index of the candidate.
        public let index: Int32
        /// The score; larger is better.
        public let score: Float

        /// Creates a candidate.
        public init(row: Int32, index: Int32, score: Float) {
            self.row = row
            self.index = index
            self.score = score
        }
    }

    /// The number of rows.
    public let rows: Int
    /// How many candidates a row keeps.
    public let capacity: Int
    /// Candidates of a row below this score are never kept; some above it may be dropped too.
    public private(set) var thresholds: [Float]
    private var counts: [Int32]
    private var keys: [Key]
    /// Places per row in `keys`.
    private let stride: Int

    /// - Parameter floor: candidates with a lower score are never kept. The default accepts every positive score.
    public init(rows: Int, capacity: Int, floor: Float = .leastNonzeroMagnitude) {
        self.init(capacity: capacity, floors: Array(repeating: floor, count: rows)[...])
    }

    /// - Parameter floors: one per row; candidates with a lower score are never kept.
    public init(capacity: Int, floors: ArraySlice<Float>) {
        precondition(capacity > 0, "capacity is at least 1")
        rows = floors.count
        self.capacity = capacity
        stride = capacity + max(8, capacity / 2)
        thresholds = Array(floors)
        counts = Array(repeating: 0, count: rows)
        keys = Array(repeating: Key(0, 0), count: rows * stride)
    }

    /// The memory of lists of this size, in bytes.
    public static func bytes(rows: Int, capacity: Int) -> Int { rows * (8 * (capacity + max(8, capacity / 2)) + 8) }

    /// The candidates kept for a row, best first.
    public func best(ofRow row: Int) -> [(index: Int32, score: Float)] {
        var kept = Array(keys[row * stride..<row * stride + Int(counts[row])])
        var span = kept.mutableSpan
        span.sortDescending(span.indices)
        return kept.prefix(capacity).map { ($0.index, $0.score) }
    }

    /// Offers candidates to their rows.
    public mutating func offer(_ candidates: ArraySlice<Candidate>) {
        Self.offer(candidates, capacity, stride: stride, &thresholds, &counts, &keys)
    }

    private static func offer(
        _ candidates: ArraySlice<Candidate>, _ capacity: Int, stride: Int, _ thresholds: inout [Float],
        _ counts: inout [Int32], _ keys: inout [Key]
    ) {
        // Spans avoid a uniqueness check of the arrays per candidate.
        var counts = counts.mutableSpan
        var keys = keys.mutableSpan
        for candidate in candidates {
            let row = Int(candidate.row)
            guard candidate.score >= thresholds[row] else { continue }
            let (base, count) = (row * stride, Int(counts[row]) + 1)
            keys[base + count - 1] = Key(candidate.score, candidate.index)
            counts[row] = Int32(count)
            if count == stride {
                thresholds[row] = keys.keepLargest(capacity, in: base..<base + count).score
                counts[row] = Int32(capacity)
            }
        }
    }

    /// Offers one candidate to a row.
    @inline(__always)
    public mutating func offer(_ score: Float, _ index: Int32, to row: Int) {
        guard score >= thresholds[row] else { return }
        let (base, count) = (row * stride, Int(counts[row]))
        keys[base + count] = Key(score, index)
        counts[row] = Int32(count + 1)
        if count + 1 == stride { dropWorst(of: row) }
    }

    /// Offers the tile's row i to row i, with indices `firstIndex`, `firstIndex + 1`, …
    public mutating func offerRows(of tile: DenseMatrix<Float>, firstIndex: Int) {
        precondition(tile.rows == rows, "one tile row per list")
        for row in 0..<rows {
            let base = row * tile.columns
            for column in Swift.stride(from: 0, to: tile.columns, by: Self.laneCount) {
                let end = min(column + Self.laneCount, tile.columns)
                let reaches =
                    end - column < Self.laneCount
                    || Self.anyReaches(tile.elements, base + column, thresholds[row])
                guard reaches else { continue }
                for candidate in column..<end {
                    offer(tile.elements[base + candidate], Int32(firstIndex + candidate), to: row)
                }
            }
        }
    }

    /// Keeps the k best of a row and raises its threshold to the worst of them.
    private mutating func dropWorst(of row: Int) {
        let (places, capacity) = (row * stride..<row * stride + Int(counts[row]), capacity)
        var span = keys.mutableSpan
        let least = span.keepLargest(capacity, in: places)
        thresholds[row] = least.score
        counts[row] = Int32(capacity)
    }
}

// MARK: - Keys

/// A score and an index in one number: ordered by score, then by descending index.
private struct Key: Comparable {
    private let bits: UInt64

    init(_ score: Float, _ index: Int32) {
        // Bit patterns ascend with positive numbers and descend with negative ones.
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
    /// Moves the `count` largest of a range to its front.
    ///
    /// - Returns: the smallest of them.
    fileprivate mutating func keepLargest(_ count: Int, in range: Range<Int>) -> Key {
        selectLargest(count, in: range)
        var least = self[range.lowerBound]
        for place in range.lowerBound + 1..<range.lowerBound + count { least = min(least, self[place]) }
        return least
    }

    /// Quicksort with the same partition as the selection, insertion sort for short ranges.
    fileprivate mutating func sortDescending(_ range: Range<Int>) {
        guard range.count > 12 else {
            for end in range.dropFirst() {
                let key = self[end]
                var place = end
                while place > range.lowerBound, self[place - 1] < key {
                    self[place] = self[place - 1]
                    place -= 1
                }
                self[place] = key
            }
            return
        }
        let split = partition(range)
        sortDescending(range.lowerBound..<split)
        sortDescending(split..<range.upperBound)
    }

    /// Brings the `count` largest of a range to its front, in any order (Hoare's selection).
    fileprivate mutating func selectLargest(_ count: Int, in range: Range<Int>) {
        var (low, high) = (range.lowerBound, range.upperBound)
        let end = range.lowerBound + count
        while high - low > 1 {
            let split = partition(low..<high)
            if split >= end { high = split } else { low = split }
            if split == end { return }
        }
    }

    /// Moves elements larger than a pivot to the front, with the pivot between the two parts.
    ///
    /// - Returns: the start of the second part; neither part is the whole range.
    private mutating func partition(_ range: Range<Int>) -> Int {
        let last = range.upperBound - 1
        let middle = (range.lowerBound + last) / 2
        let pivot = median(self[range.lowerBound], self[middle], self[last])
        if pivot == self[range.lowerBound] {
            swapAt(range.lowerBound, last)
        } else if pivot == self[middle] {
            swapAt(middle, last)
        }
        var split = range.lowerBound
        for place in range.lowerBound..<last {
            let key = self[place]
            self[place] = self[split]
            self[split] = key
            // Branch-free.
            split += key > pivot ? 1 : 0
        }
        swapAt(split, last)
        return split == range.lowerBound ? split + 1 : split
    }

    private func median(_ a: Key, _ b: Key, _ c: Key) -> Key { max(min(a, b), min(max(a, b), c)) }
}

// MARK: - Comparison by lanes

extension TopK {
    private typealias Lanes = SIMD16<Float>
    private static var laneCount: Int { Lanes.scalarCount }

    /// Whether any of the sixteen scores from `start` reaches a bound.
    private static func anyReaches(_ scores: [Float], _ start: Int, _ bound: Float) -> Bool {
        precondition(start + laneCount <= scores.count, "sixteen scores from start")
        return unsafe scores.withUnsafeBytes { bytes in
            let lanes = unsafe bytes.loadUnaligned(
                fromByteOffset: start * MemoryLayout<Float>.stride, as: Lanes.self)
            return any(lanes .>= Lanes(repeating: bound))
        }
    }
}
