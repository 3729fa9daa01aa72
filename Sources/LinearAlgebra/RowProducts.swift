/// The products of the rows of a sparse matrix with those of another of the same pattern, tile by tile: A·Bᵀ.
///
/// A workspace: `load` takes a block of rows of A into the lanes, then `multiply` fills `sums` with the products of many rows
/// of B with them. One thread works in it.
///
/// - Complexity of a tile: O(entries of B's rows · laneCount) for the head, the number of pairs for the tail.
public struct RowProducts<Element: LaneScalar>: Sendable {
    /// Shape (rows of the tile, laneCount): the products of the last `multiply`.
    public private(set) var sums: [Element.Sum]

    private let a: LaneMatrix<Element>
    private let b: LaneMatrix<Element>
    private let longest: Int
    private var block = 0..<0
    /// Shape (columns of the head, laneCount), from `panelStart` on: the block's rows side by side.
    private var panel: [Element]
    /// The first element on a boundary of a cache line: a load that crosses one takes twice as long.
    private let panelStart: Int
    private var denseA: DenseMatrix<Element.Sum>
    private var denseB: DenseMatrix<Element.Sum>

    /// The block's entries in the tail: their lanes and values, and the raters of their columns that are still to come.
    private var tailLanes: [Int32] = []
    private var tailValues: [Element] = []
    private var cursors: [Int] = []
    private var cursorEnds: [Int] = []

    /// The most that a workspace for matrices of these sizes takes.
    public static func mostBytes(tileRows: Int, columns: Int) -> Int {
        let (element, sum) = (MemoryLayout<Element>.stride, MemoryLayout<Element.Sum>.stride)
        let dense = min(columns, LanePattern.mostDenseColumns)
        return min(laneCount * columns * element, LanePattern.mostPanelBytes)
            + ((laneCount + tileRows) * dense + tileRows * laneCount) * sum
    }

    public init(_ a: LaneMatrix<Element>, _ b: LaneMatrix<Element>) {
        self.a = a
        self.b = b
        longest = Element.longestPiece(a.largest, b.largest)
        let pattern = a.pattern
        let dense = pattern.denseColumns.max() ?? 0
        sums = Array(repeating: 0, count: pattern.tileRows * laneCount)
        let line = 64 / MemoryLayout<Element>.stride
        panel = Array(repeating: .zero, count: pattern.headColumns * laneCount + line)
        panelStart = unsafe panel.withUnsafeBufferPointer {
            let address = Int(bitPattern: $0.baseAddress)
            return (64 - address % 64) % 64 / MemoryLayout<Element>.stride
        }
        denseA = DenseMatrix(rows: laneCount, columns: dense)
        denseB = DenseMatrix(
            rows: pattern.tileRows, columns: pattern.denseColumns.dropFirst(b.denseTiles.count).max() ?? 0)
    }

    /// Takes rows of A, at most `laneCount` and within one tile.
    @specialized(where Element == UInt16)
    @specialized(where Element == Double)
    public mutating func load(_ rows: Range<Int>) {
        precondition(rows.count <= laneCount, "a lane for each row")
        fillPanel(clearing: true)
        block = rows
        fillPanel(clearing: false)
        a.copyDense(block, columns: denseA.columns, lines: laneCount, into: &denseA)
        collectTail()
    }

    /// Fills `sums` with the products of rows of B, which lie in one tile and after those of the last call.
    @specialized(where Element == UInt16)
    @specialized(where Element == Double)
    public mutating func multiply(_ rows: Range<Int>) {
        let pattern = b.pattern
        let tile = rows.lowerBound / pattern.tileRows
        precondition(rows.upperBound <= (tile + 1) * pattern.tileRows, "rows of one tile")
        let dense = pattern.denseColumns[tile]
        if dense > 0 { multiplyDense(rows, ofTile: tile, columns: dense) }
        Element.multiplyLanes(
            rows, starts: pattern.denseEnds, ends: pattern.headEnds, columns: pattern.columnIndices,
            values: b.values, longest: longest, panel: panel, panelStart: panelStart, adds: dense > 0, into: &sums)
        Element.addTail(
            lanes: tailLanes, values: tailValues, cursors: &cursors, ends: cursorEnds, raters: pattern.raters,
            raterValues: b.tailValues, rows: rows, into: &sums)
    }

    /// The elements of some rows of `sums` that exceed rowNorm · laneNorm · the lower of the row's and the lane's bound.
    ///
    /// - Parameters:
    ///   - rows: of `sums`; norms and bounds begin with the first of them.
    /// - Returns: how many there are; `found` begins with their places row · laneCount + lane, ascending.
    public func findReaching(
        _ rows: Range<Int>, rowNorms: [Element.Sum], rowBounds: [Element.Sum], laneNorms: [Element.Sum],
        laneBounds: [Element.Sum], into found: inout [Int32]
    ) -> Int {
        precondition(
            rows.upperBound * laneCount <= sums.count && rows.count * laneCount <= found.count
                && min(rowNorms.count, rowBounds.count) >= rows.count
                && min(laneNorms.count, laneBounds.count) >= laneCount, "shapes of bounds")
        return Element.findReaching(
            rows, sums: sums, rowNorms: rowNorms, rowBounds: rowBounds, laneNorms: laneNorms, laneBounds: laneBounds,
            into: &found)
    }

    private mutating func fillPanel(clearing: Bool) {
        for (lane, row) in block.enumerated() {
            for entry in a.pattern.starts[row]..<a.pattern.headEnds[row] {
                panel[panelStart + Int(a.pattern.columnIndices[entry]) * laneCount + lane] =
                    clearing ? .zero : a.values[entry]
            }
        }
    }

    private mutating func collectTail() {
        tailLanes.removeAll(keepingCapacity: true)
        tailValues.removeAll(keepingCapacity: true)
        cursors.removeAll(keepingCapacity: true)
        cursorEnds.removeAll(keepingCapacity: true)
        let pattern = a.pattern
        for (lane, row) in block.enumerated() {
            for entry in pattern.headEnds[row]..<pattern.starts[row + 1] {
                let column = Int(pattern.columnIndices[entry]) - pattern.headColumns
                let raters = pattern.raterStarts[column]..<pattern.raterStarts[column + 1]
                tailLanes.append(Int32(lane))
                tailValues.append(a.values[entry])
                cursors.append(pattern.firstRater(from: block.lowerBound, in: raters))
                cursorEnds.append(raters.upperBound)
            }
        }
    }

    private mutating func multiplyDense(_ rows: Range<Int>, ofTile tile: Int, columns: Int) {
        let lines: ArraySlice<Element.Sum>
        if tile < b.denseTiles.count {
            lines = b.denseTiles[tile].elements[((rows.lowerBound - tile * b.pattern.tileRows) * columns)...]
        } else {
            b.copyDense(rows, columns: columns, lines: rows.count, into: &denseB)
            lines = denseB.elements[...]
        }
        Element.Sum.gemm(rows.count, laneCount, columns, lines, denseA.elements, stride: denseA.columns, 0, &sums)
    }
}
