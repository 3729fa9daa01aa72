/// The k best candidates of each of several rows: larger score first, then lower index.
///
/// The order is total, so what is kept does not depend on the order in which candidates are offered. Each row is a heap
/// with its worst entry at the root; `thresholds` repeats the roots' scores, so that a tile is compared with them sixteen
/// elements at a time before anything touches a heap.
public struct TopK: Sendable {
    public let rows: Int
    public let capacity: Int
    private var scores: [Float]
    private var indices: [Int32]
    private var counts: [Int]
    /// The least score that may still enter each row.
    private var thresholds: [Float]

    /// - Parameter floor: candidates with a lower score are never kept. The default takes every positive score.
    public init(rows: Int, capacity: Int, floor: Float = .leastNonzeroMagnitude) {
        precondition(capacity > 0, "the k of top-k is at least 1")
        self.rows = rows
        self.capacity = capacity
        scores = Array(repeating: 0, count: rows * capacity)
        indices = Array(repeating: 0, count: rows * capacity)
        counts = Array(repeating: 0, count: rows)
        thresholds = Array(repeating: floor, count: rows)
    }

    /// What a row has kept, best first.
    public func best(ofRow row: Int) -> [(index: Int32, score: Float)] {
        let base = row * capacity
        return (base..<base + counts[row])
            .map { (index: indices[$0], score: scores[$0]) }
            .sorted { ($1.score, $0.index) < ($0.score, $1.index) }
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

    /// Offers one candidate to a row.
    public mutating func offer(_ score: Float, _ index: Int32, to row: Int) {
        guard score >= thresholds[row] else { return }
        let base = row * capacity
        if counts[row] < capacity {
            let place = counts[row]
            counts[row] += 1
            siftUp(base, from: place, score, index)
        } else if Self.isWorse(scores[base], indices[base], than: score, index) {
            siftDown(base, score, index)
        }
        if counts[row] == capacity { thresholds[row] = scores[base] }
    }
}

// MARK: - Heap

extension TopK {
    private static func isWorse(
        _ score: Float, _ index: Int32, than otherScore: Float, _ otherIndex: Int32
    ) -> Bool {
        score < otherScore || (score == otherScore && index > otherIndex)
    }

    private mutating func siftUp(_ base: Int, from place: Int, _ score: Float, _ index: Int32) {
        var place = place
        while place > 0 {
            let parent = (place - 1) / 2
            guard Self.isWorse(score, index, than: scores[base + parent], indices[base + parent])
            else { break }
            move(base, from: parent, to: place)
            place = parent
        }
        scores[base + place] = score
        indices[base + place] = index
    }

    /// Replaces the root.
    private mutating func siftDown(_ base: Int, _ score: Float, _ index: Int32) {
        var place = 0
        while 2 * place + 1 < capacity {
            var child = 2 * place + 1
            if child + 1 < capacity,
                Self.isWorse(
                    scores[base + child + 1], indices[base + child + 1],
                    than: scores[base + child], indices[base + child])
            {
                child += 1
            }
            guard Self.isWorse(scores[base + child], indices[base + child], than: score, index)
            else { break }
            move(base, from: child, to: place)
            place = child
        }
        scores[base + place] = score
        indices[base + place] = index
    }

    private mutating func move(_ base: Int, from source: Int, to target: Int) {
        scores[base + target] = scores[base + source]
        indices[base + target] = indices[base + source]
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
