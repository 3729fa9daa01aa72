/// Counts of values by size, as Prometheus takes them.
package struct Histogram: Sendable {
    /// The upper bounds of the buckets, ascending; one without a bound follows.
    package let bounds: [Double]
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
