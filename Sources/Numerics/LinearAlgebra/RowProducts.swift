/// Products of the rows of two sparse matrices with the same pattern, tile by tile: A·Bᵀ.
///
/// A single-threaded workspace: `load` puts a block of rows of A into the lanes, then `multiply` fills `sums` with
/// their products with rows of B.
///
/// - Complexity of a tile: O(entries of B's rows · laneCount) for the head, number of pairs for the tail.
public struct RowProducts<Element: LaneScalar> {
    /// Shape (rows of the tile, laneCount): the products of the last `multiply`.
    public private(set) var sums: [Element.Sum]

    private let a: LaneMatrix<Element>
    private let b: LaneMatrix<Element>
    private let longest: Int
    private var block = 0..<0
    /// Shape (columns of the head, laneCount), from `panelStart` on: the block's rows, one per lane.
    private var panel: [Element]
    /// The first cache-line-aligned element: a load across two lines takes twice as long.
    private let panelStart: Int
    private var denseA: DenseMatrix<Element.Sum>
    private var denseB: DenseMatrix<Element.Sum>

    /// The block's entries in the tail: their lanes and values, and the remaining raters of their columns.
    private var tailLanes: [Int32] = []
    private var tailValues: [Element] = []
    private var cursors: [Int] = []
    private var cursorEnds: [Int] = []

    /// Reports the operation counts when the workspace is released.
    private let tally = Tally()

    /// Upper bound of the memory of a workspace for a matrix of these sizes.
    public static func mostBytes(tileRows: Int, products: Products, rows: Int, columns: Int, entries: Int) -> Int {
        let (element, sum) = (MemoryLayout<Element>.stride, MemoryLayout<Element.Sum>.stride)
        let most = min(columns, LanePattern.mostDenseColumns)
        let block =
            ProductWork.mayUseBLASAlone(products, rows: rows, columns: columns, entries: entries) ? columns : most
        return min(laneCount * columns * element, LanePattern.mostPanelBytes)
            + (laneCount * block + tileRows * most + tileRows * laneCount) * sum
    }

    /// Prepares products of the rows of two matrices of one pattern.
    public init(_ a: LaneMatrix<Element>, _ b: LaneMatrix<Element>) {
        self.a = a
        self.b = b
        longest = Element.longestPiece(a.largest, b.largest)
        let pattern = a.pattern
        let dense = pattern.denseColumns.max() ?? 0
        sums = Array(repeating: 0, count: pattern.tileRows * laneCount)
        let line = 64 / MemoryLayout<Element>.stride
        panel = Array(
            repeating: .zero, count: pattern.usesBLASAlone ? line : pattern.headColumns * laneCount + line)
        panelStart = unsafe panel.withUnsafeBufferPointer {
            let address = Int(bitPattern: $0.baseAddress)
            return (64 - address % 64) % 64 / MemoryLayout<Element>.stride
        }
        denseA = DenseMatrix(rows: laneCount, columns: dense)
        let others = zip(pattern.denseColumns, b.denseTiles).reduce(0) { $1.1 == nil ? max($0, $1.0) : $0 }
        denseB = DenseMatrix(rows: pattern.tileRows, columns: min(others, LanePattern.mostDenseColumns))
    }

    /// Loads rows of A, at most `laneCount` and within one tile.
    ///
    /// - Parameter position: the first row of B to multiply with; by default the first of these.
    @specialized(where Element == UInt16)
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public mutating func load(_ rows: Range<Int>, from position: Int? = nil) {
        precondition(rows.count <= laneCount, "at most one row per lane")
        fillPanel(clearing: true)
        block = rows
        fillPanel(clearing: false)
        a.copyDense(block, columns: 0..<denseA.columns, lines: laneCount, into: &denseA)
        collectTail(from: position ?? rows.lowerBound)
    }

    /// Fills `sums` with the products of rows of B, within one tile and after those of the last call.
    @specialized(where Element == UInt16)
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public mutating func multiply(_ rows: Range<Int>) {
        let pattern = b.pattern
        let tile = rows.lowerBound / pattern.tileRows
        precondition(rows.upperBound <= (tile + 1) * pattern.tileRows, "rows of one tile")
        let dense = pattern.denseColumns[tile]
        if dense > 0 { multiplyDense(rows, ofTile: tile, columns: dense) }
        if pattern.usesBLASAlone { return }
        for row in rows { tally.lanes += laneCount * (pattern.headEnds[row] - pattern.denseEnds[row]) }
        Element.multiplyLanes(
            rows, starts: pattern.denseEnds, ends: pattern.headEnds, columns: pattern.columnIndices,
            values: b.values, longest: longest, panel: panel, panelStart: panelStart, adds: dense > 0, into: &sums)
        tally.pairs += Element.addTail(
            lanes: tailLanes, values: tailValues, cursors: &cursors, ends: cursorEnds, raters: pattern.raters,
            raterValues: b.tailValues, rows: rows, into: &sums)
    }

    /// Finds the elements of `sums` that exceed rowNorm · laneNorm · the smaller of the row's and the lane's bound.
    ///
    /// - Parameters:
    ///   - rows: of `sums`; norms and bounds start with the first of them.
    /// - Returns: their number; `found` starts with their places row · laneCount + lane, ascending.
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
        if a.pattern.usesBLASAlone { return }
        for (lane, row) in block.enumerated() {
            for entry in a.pattern.starts[row]..<a.pattern.headEnds[row] {
                panel[panelStart + Int(a.pattern.columnIndices[entry]) * laneCount + lane] =
                    clearing ? .zero : a.values[entry]
            }
        }
    }

    private mutating func collectTail(from position: Int) {
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
                cursors.append(pattern.firstRater(from: position, in: raters))
                cursorEnds.append(raters.upperBound)
            }
        }
    }

    private mutating func multiplyDense(_ rows: Range<Int>, ofTile tile: Int, columns: Int) {
        tally.blas += rows.count * laneCount * columns
        if let dense = b.denseTiles[tile] {
            let first = (rows.lowerBound - tile * b.pattern.tileRows) * columns
            return multiplyDense(rows.count, dense.elements[first...], columns: 0..<columns)
        }
        for start in stride(from: 0, to: columns, by: LanePattern.mostDenseColumns) {
            let chunk = start..<min(start + LanePattern.mostDenseColumns, columns)
            b.copyDense(rows, columns: chunk, lines: rows.count, into: &denseB)
            multiplyDense(rows.count, denseB.elements[...], columns: chunk)
        }
    }

    private mutating func multiplyDense(_ rows: Int, _ lines: ArraySlice<Element.Sum>, columns: Range<Int>) {
        Element.Sum.gemm(
            rows, laneCount, columns.count, lines, denseA.elements[columns.lowerBound...], stride: denseA.columns,
            columns.lowerBound == 0 ? 0 : 1, &sums)
    }

    /// Multiply-adds of one workspace.
    private final class Tally {
        var blas = 0
        var lanes = 0
        var pairs = 0

        deinit { OperationCounts.addMultiplyAdds(blas: blas, lanes: lanes, pairs: pairs) }
    }
}
