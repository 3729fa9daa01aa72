import LinearAlgebra
import Testing

struct SeededGeneratorTests {
    /// Computed by an independent Python port of the authors' C code.
    @Test func `first numbers match an independent implementation`() {
        var generator = SeededGenerator(seed: 1)
        #expect(
            (0..<3).map { _ in generator.next() } == [12966619160104079557, 9600361134598540522, 10590380919521690900])
    }

    @Test func `bounded numbers are uniform`() {
        var generator = SeededGenerator(seed: 2)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.next(below: 7)] += 1 }
        // Five standard deviations of a count with mean 10,000.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 465 })
    }

    @Test func `normal variates have mean 0 and variance 1`() {
        var generator = SeededGenerator(seed: 3)
        let numbers = (0..<100_000).map { _ in generator.normal() }
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.023)
    }

    /// The two numbers of a pair, and their squares, are uncorrelated.
    @Test func `bulk normal variates are standard and independent`() {
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

    @Test func `bulk normal variates start with the single one`() {
        var (one, many) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5))
        var numbers: [Float] = [0]
        var span = numbers.mutableSpan
        many.normals(into: &span)
        #expect(numbers == [Float(one.normal())])
    }

    @Test func `generator goes on from its words`() {
        var generator = SeededGenerator(seed: 6)
        _ = generator.next()
        var other = SeededGenerator(state: generator.words)
        for _ in 0..<5 { #expect(other.next() == generator.next()) }
    }

    @Test(arguments: [0, 1, 1_000]) func `skipped normals are those that are drawn`(_ count: Int) {
        var (drawn, skipped) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
        for _ in 0..<count { _ = drawn.normal() }
        skipped.skipNormals(count)
        #expect(drawn.words == skipped.words)
    }
}
