import LinearAlgebra

/// The decimal digits that begin at a place, up to fifteen, read eight at a time.
///
/// A word holds eight characters; within it they are told apart and joined without a branch for each (Lemire 2021, "Number
/// parsing at a gigabyte per second", doi:10.1002/spe.2984).
struct DecimalDigits {
    /// More digits than this do not fit `Double` exactly.
    static let most = 15

    /// How many there are; more than `most` where there are too many.
    let count: Int
    let value: Int

    /// - Precondition: sixteen bytes from `start` are in the span.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at start: Int) {
        let (first, value) = Self.leading(bytes.word(at: start))
        guard first == 8 else {
            count = first
            self.value = value
            return
        }
        let (second, rest) = Self.leading(bytes.word(at: start + 8))
        count = 8 + second
        self.value = value * Self.powersOfTen[second] + rest
    }

    /// How many of the eight characters of a word are digits before the first other one, and the number that they spell.
    ///
    /// The word of "12,34567" holds 2 digits that spell 12.
    @inline(__always)
    static func leading(_ word: UInt64) -> (count: Int, value: Int) {
        // A byte is a digit if it is below ten once the digit zero is taken off; the high bit marks the others. A carry can
        // only come from a byte that is none, and so spoil only bytes behind it.
        let digits = word ^ 0x3030_3030_3030_3030
        let others = (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount / 8
        guard count > 0 else { return (0, 0) }
        // Zeros move in before the digits, then neighbors join: digits to pairs, pairs to fours, fours to the eight.
        var joined = digits << UInt64(64 - 8 * count)
        joined = joined &* 10 &+ (joined >> 8)
        let low = (joined & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = (joined >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (count, Int((low &+ high) >> 32))
    }

    private static let powersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
}
