/// The pairs of rows of a matrix that are multiplied: all, those within each of two sides, or those across them.
///
/// Rows 0…3 with the sides 0, 1, 0, 1: within are (0, 2) and (1, 3); across are (0, 1), (0, 3), (1, 2) and (2, 3).
public struct RowPairs: Sendable {
    /// The side of each row, 0 or 1.
    let sides: [UInt8]
    /// Whether rows of different sides are multiplied, instead of rows of the same side.
    public let isAcross: Bool

    /// - Parameters:
    ///   - sides: 0 or 1 for each row. The rows of side 0 must fill whole tiles (`LaneMatrix`); empty rows may pad them.
    ///   - isAcross: whether rows of different sides are multiplied, instead of rows of the same side.
    public init(sides: [UInt8], isAcross: Bool) {
        precondition(sides.allSatisfy { $0 <= 1 }, "two sides")
        self.sides = sides
        self.isAcross = isAcross
    }

    /// Every pair of some number of rows.
    public static func all(_ rows: Int) -> RowPairs {
        RowPairs(sides: Array(repeating: 0, count: rows), isAcross: false)
    }

    /// Whether two rows are multiplied.
    @inlinable
    public func contains(_ row: Int, _ other: Int) -> Bool { isOnSameSide(row, other) != isAcross }

    @usableFromInline
    func isOnSameSide(_ row: Int, _ other: Int) -> Bool { sides[row] == sides[other] }
}

/// A block of rows, one per lane, and the rows it is multiplied with, by position in a `LanePattern`.
public struct LaneBlock: Sendable, Equatable {
    /// At most `laneCount` rows of one tile; they start at a multiple of `laneCount`.
    public let lanes: Range<Int>
    /// They start at a multiple of `laneCount` and may span tiles. If they include the block, they start with it.
    public let rows: Range<Int>

    /// The blocks of one side: each with its own rows and those after it.
    static func within(_ side: Range<Int>) -> [LaneBlock] {
        blocks(side).map { LaneBlock(lanes: $0, rows: $0.lowerBound..<side.upperBound) }
    }

    /// The blocks of two sides: each with the blocks of the other side that are not heavier, so that the entries of the
    /// lighter rows are multiplied, and each pair of blocks once.
    ///
    /// - Parameter entries: the number of entries of the row at a position; it falls within each side.
    static func across(_ first: Range<Int>, _ second: Range<Int>, entries: (Int) -> Int) -> [LaneBlock] {
        let (firsts, seconds) = (blocks(first), blocks(second))
        func run(
            _ lanes: [Range<Int>], _ rows: [Range<Int>], isHeavier: (_ rows: Int, _ lanes: Int) -> Bool
        ) -> [LaneBlock] {
            var next = 0
            return lanes.compactMap { block in
                while next < rows.count, isHeavier(entries(rows[next].lowerBound), entries(block.lowerBound)) {
                    next += 1
                }
                guard next < rows.count else { return nil }
                return LaneBlock(lanes: block, rows: rows[next].lowerBound..<rows[rows.count - 1].upperBound)
            }
        }
        return run(firsts, seconds, isHeavier: >) + run(seconds, firsts, isHeavier: >=)
    }

    private static func blocks(_ side: Range<Int>) -> [Range<Int>] {
        Parallel.ranges(side.count, of: laneCount).map {
            side.lowerBound + $0.lowerBound..<side.lowerBound + $0.upperBound
        }
    }
}
