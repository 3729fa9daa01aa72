import Evaluation
import LinearAlgebra
import Testing

/// ADWIN with the numbers of every bucket kept and all sums made anew.
private struct KeptWindow {
    let delta: Double
    /// Oldest first.
    var buckets: [[Double]] = []

    mutating func add(_ value: Double) -> Bool {
        buckets.append([value])
        while let size = Set(buckets.map(\.count)).first(where: { size in buckets.count { $0.count == size } > 5 }) {
            let oldest = buckets.indices.filter { buckets[$0].count == size }[0]
            buckets[oldest] += buckets.remove(at: oldest + 1)
        }
        let before = buckets.count
        while hasChange { buckets.removeFirst() }
        return buckets.count < before
    }

    private var hasChange: Bool {
        (1..<max(1, buckets.count)).contains { cut in
            let (old, new) = (buckets[..<cut].flatMap { $0 }, buckets[cut...].flatMap { $0 })
            let limit = AdaptiveWindow.limit(
                Double(old.count), Double(new.count), variance: variance(old + new), delta: delta)
            return abs(mean(old) - mean(new)) > limit
        }
    }
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

private func variance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
}

struct AdaptiveWindowTests {
    /// 1 with a chance that the step decides.
    private func coins(_ count: Int, seed: UInt64, _ chance: (Int) -> Double) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { generator.uniform() < chance($0) ? 1 : 0 }
    }

    @Test func `the limit matches the worked example`() {
        let limit = AdaptiveWindow.limit(500, 500, variance: 0.25, delta: 0.002)
        #expect(abs(limit - 0.156544) < 1e-6)
    }

    @Test(arguments: 1...6) func `a window of buckets equals one of kept numbers`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var (window, kept) = (AdaptiveWindow(delta: 0.05), KeptWindow(delta: 0.05))
        var cuts = 0
        for step in 0..<800 {
            let value = min(1, generator.uniform() * (step / 200 % 2 == 0 ? 0.3 : 1))
            let isCut = window.add(value)
            #expect(isCut == kept.add(value))
            cuts += isCut ? 1 : 0
            let numbers = kept.buckets.flatMap { $0 }
            #expect(window.count == numbers.count)
            #expect(abs(window.mean - mean(numbers)) < 1e-12)
            #expect(abs(window.variance - variance(numbers)) < 1e-12)
        }
        #expect(cuts > 0)
    }

    @Test(arguments: 1...5) func `a steady stream is not cut`(_ seed: UInt64) {
        var window = AdaptiveWindow()
        #expect(coins(20_000, seed: seed) { _ in 0.3 }.count { window.add($0) } == 0)
        #expect(window.count == 20_000)
    }

    @Test(arguments: 1...5) func `an abrupt change is found soon, and the old part forgotten`(_ seed: UInt64) throws {
        var window = AdaptiveWindow()
        let cuts = coins(10_000, seed: seed) { $0 < 5_000 ? 0.3 : 0.6 }.enumerated().filter { window.add($0.element) }
        let first = try #require(cuts.first?.offset)
        #expect(5_000..<5_300 ~= first)
        #expect(4_500..<5_300 ~= window.count)
        #expect(abs(window.mean - 0.6) < 0.05)
    }

    @Test func `a slow change is followed`() {
        var window = AdaptiveWindow()
        let cuts = coins(20_000, seed: 8) { 0.2 + 0.6 * Double($0) / 20_000 }.count { window.add($0) }
        #expect(cuts > 3)
        #expect(abs(window.mean - 0.8) < 0.1)
    }

    @Test func `equal numbers are never cut`() {
        var window = AdaptiveWindow()
        #expect((0..<5_000).count { _ in window.add(0.5) } == 0)
        #expect(window.mean == 0.5 && window.variance == 0)
    }
}
