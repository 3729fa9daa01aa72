internal import CKernels

/// An element type of `RowProducts`, with the type of its sums.
///
/// `UInt16` sums in `Float`, exactly as long as no sum exceeds 2²⁴; `Float` and `Double` sum in themselves. The three
/// functions wrap the loops of `row_products.h`; callers are responsible for the shapes.
public protocol LaneScalar: Numeric, Comparable, BitwiseCopyable, Sendable {
    /// The type that sums are kept in.
    associatedtype Sum: BLASScalar

    /// The number as a sum.
    var sum: Sum { get }
    /// How many products of two numbers, each up to its bound, can be summed without overflow.
    static func longestPiece(_ bound: Self, _ otherBound: Self) -> Int

    /// Multiplies rows of a sparse tile with the lanes of a panel.
    static func multiplyLanes(
        _ rows: Range<Int>, starts: [Int], ends: [Int], columns: [Int32], values: [Self], longest: Int,
        panel: [Self], panelStart: Int, adds: Bool, into sums: inout [Sum])
    /// - Returns: the number of products.
    static func addTail(
        lanes: [Int32], values: [Self], cursors: inout [Int], ends: [Int], raters: [Int32], raterValues: [Self],
        rows: Range<Int>, into sums: inout [Sum]
    ) -> Int
    /// Finds sums that reach the bound of their row or lane.
    static func findReaching(
        _ rows: Range<Int>, sums: [Sum], rowNorms: [Sum], rowBounds: [Sum], laneNorms: [Sum], laneBounds: [Sum],
        into found: inout [Int32]
    ) -> Int
}

/// The number of rows in a block, one per vector lane.
public let laneCount = Int(KINDRED_LANES)

extension UInt16: LaneScalar {
    public var sum: Float { Float(self) }

    public static func longestPiece(_ bound: UInt16, _ otherBound: UInt16) -> Int {
        Int(UInt16.max) / Swift.max(1, Int(bound) * Int(otherBound))
    }

    public static func multiplyLanes(
        _ rows: Range<Int>, starts: [Int], ends: [Int], columns: [Int32], values: [UInt16], longest: Int,
        panel: [UInt16], panelStart: Int, adds: Bool, into sums: inout [Float]
    ) {
        precondition(longest > 0, "a product must fit into 16 bits")
        unsafe kindred_multiply_lanes_integer(
            rows.lowerBound, rows.upperBound, starts, ends, columns, values, longest, panel, panelStart,
            adds ? 1 : 0, &sums)
    }

    public static func addTail(
        lanes: [Int32], values: [UInt16], cursors: inout [Int], ends: [Int], raters: [Int32], raterValues: [UInt16],
        rows: Range<Int>, into sums: inout [Float]
    ) -> Int {
        unsafe kindred_add_tail_integer(
            lanes.count, lanes, values, &cursors, ends, raters, raterValues, rows.lowerBound, rows.upperBound, &sums)
    }

    public static func findReaching(
        _ rows: Range<Int>, sums: [Float], rowNorms: [Float], rowBounds: [Float], laneNorms: [Float],
        laneBounds: [Float],
        into found: inout [Int32]
    ) -> Int {
        unsafe kindred_find_reaching_float(
            rows.lowerBound, rows.upperBound, sums, rowNorms, rowBounds, laneNorms, laneBounds, &found)
    }
}

extension Float: LaneScalar {
    public var sum: Float { self }

    public static func longestPiece(_ bound: Float, _ otherBound: Float) -> Int { .max }

    public static func multiplyLanes(
        _ rows: Range<Int>, starts: [Int], ends: [Int], columns: [Int32], values: [Float], longest: Int,
        panel: [Float], panelStart: Int, adds: Bool, into sums: inout [Float]
    ) {
        unsafe kindred_multiply_lanes_float(
            rows.lowerBound, rows.upperBound, starts, ends, columns, values, panel, panelStart, adds ? 1 : 0, &sums)
    }

    public static func addTail(
        lanes: [Int32], values: [Float], cursors: inout [Int], ends: [Int], raters: [Int32], raterValues: [Float],
        rows: Range<Int>, into sums: inout [Float]
    ) -> Int {
        unsafe kindred_add_tail_float(
            lanes.count, lanes, values, &cursors, ends, raters, raterValues, rows.lowerBound, rows.upperBound, &sums)
    }

    public static func findReaching(
        _ rows: Range<Int>, sums: [Float], rowNorms: [Float], rowBounds: [Float], laneNorms: [Float],
        laneBounds: [Float], into found: inout [Int32]
    ) -> Int {
        unsafe kindred_find_reaching_float(
            rows.lowerBound, rows.upperBound, sums, rowNorms, rowBounds, laneNorms, laneBounds, &found)
    }
}

extension Double: LaneScalar {
    public var sum: Double { self }

    public static func longestPiece(_ bound: Double, _ otherBound: Double) -> Int { .max }

    public static func multiplyLanes(
        _ rows: Range<Int>, starts: [Int], ends: [Int], columns: [Int32], values: [Double], longest: Int,
        panel: [Double], panelStart: Int, adds: Bool, into sums: inout [Double]
    ) {
        unsafe kindred_multiply_lanes_double(
            rows.lowerBound, rows.upperBound, starts, ends, columns, values, panel, panelStart, adds ? 1 : 0, &sums)
    }

    public static func addTail(
        lanes: [Int32], values: [Double], cursors: inout [Int], ends: [Int], raters: [Int32], raterValues: [Double],
        rows: Range<Int>, into sums: inout [Double]
    ) -> Int {
        unsafe kindred_add_tail_double(
            lanes.count, lanes, values, &cursors, ends, raters, raterValues, rows.lowerBound, rows.upperBound, &sums)
    }

    public static func findReaching(
        _ rows: Range<Int>, sums: [Double], rowNorms: [Double], rowBounds: [Double], laneNorms: [Double],
        laneBounds: [Double], into found: inout [Int32]
    ) -> Int {
        unsafe kindred_find_reaching_double(
            rows.lowerBound, rows.upperBound, sums, rowNorms, rowBounds, laneNorms, laneBounds, &found)
    }
}
