import LinearAlgebra
import Testing

struct SeededGeneratorTests {
    /// Computed by an independent implementation in Python from the authors' C code.
    @Test func numbersArePinned() {
        var generator = SeededGenerator(seed: 1)
        #expect(
            (0..<3).map { _ in generator.next() } == [12966619160104079557, 9600361134598540522, 10590380919521690900])
    }

    @Test func boundedNumbersAreEven() {
        var generator = SeededGenerator(seed: 2)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.next(below: 7)] += 1 }
        // Five standard deviations of a count of mean 10,000.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 465 })
    }

    @Test func normalNumbersHaveMeanZeroAndVarianceOne() {
        var generator = SeededGenerator(seed: 3)
        let numbers = (0..<100_000).map { _ in generator.normal() }
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.023)
    }

    /// As above, and that the two numbers of a pair do not correlate, nor do their squares.
    @Test func manyNormalNumbersAreIndependent() {
        var generator = SeededGenerator(seed: 4)
        var numbers = [Float](repeating: 0, count: 100_001)
        var span = numbers.mutableSpan
        generator.normals(into: &span)
        let mean = numbers.reduce(0.0) { $0 + Double($1) } / 100_000
        let variance = numbers.reduce(0.0) { $0 + Double($1 * $1) } / 100_000
        #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.023)
        let pairs = stride(from: 0, to: 100_000, by: 2).map { (Double(numbers[$0]), Double(numbers[$0 + 1])) }
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 } / 50_000
        let squares = pairs.reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) } / 50_000
        // Five standard deviations of their means, 1/√n and 2/√n.
        #expect(abs(product) < 0.023 && abs(squares) < 0.045)
    }

    @Test func manyNormalNumbersBeginWithTheFirst() {
        var (one, many) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5))
        var numbers: [Float] = [0]
        var span = numbers.mutableSpan
        many.normals(into: &span)
        #expect(numbers == [Float(one.normal())])
    }
}
