import RealModule

/// A reproducible random number generator: the same seed gives the same numbers on every machine and in every version.
///
/// xoshiro256** (Blackman & Vigna 2021, doi:10.1145/3460772), seeded by SplitMix64. Not cryptographically secure.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Creates a generator; equal seeds give equal numbers.
    public init(seed: UInt64) {
        var mixer = seed
        func splitMix() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        state = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    /// Creates a generator that goes on where another one had these `words`.
    ///
    /// - Parameter state: four words, not all 0.
    public init(state words: [UInt64]) {
        precondition(words.count == 4 && words.contains { $0 != 0 }, "four words, not all 0")
        state = (words[0], words[1], words[2], words[3])
    }

    /// The state as four words.
    public var words: [UInt64] { [state.0, state.1, state.2, state.3] }

    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    /// A uniform integer in `0 ..< bound` (Lemire 2019, doi:10.1145/3230636).
    public mutating func next(below bound: Int) -> Int {
        precondition(bound > 0, "random number from an empty range")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let reject = (0 &- range) % range
            while product.low < reject { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A uniform number in [0, 1), a multiple of 2⁻⁵³.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A standard normal variate; the second of each pair is discarded, so that the generator has no further state.
    public mutating func normal() -> Double { normalPair().0 }

    /// Fills a span with standard normal variates, at about half the cost of single ones.
    public mutating func normals(into numbers: inout MutableSpan<Float>) {
        var index = 0
        while index < numbers.count {
            let pair = normalPair()
            numbers[index] = Float(pair.0)
            if index + 1 < numbers.count { numbers[index + 1] = Float(pair.1) }
            index += 2
        }
    }

    /// Goes on as if `normal` had been called `count` times, without their logarithms.
    public mutating func skipNormals(_ count: Int) {
        for _ in 0..<count {
            var square = 0.0
            repeat {
                let x = 2 * uniform() - 1
                let y = 2 * uniform() - 1
                square = x * x + y * y
            } while !(square > 0 && square < 1)
        }
    }

    /// Two independent standard normal variates, by Marsaglia's polar method.
    private mutating func normalPair() -> (Double, Double) {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            if square > 0, square < 1 {
                let factor = (-2 * .log(square) / square).squareRoot()
                return (x * factor, y * factor)
            }
        }
    }
}
