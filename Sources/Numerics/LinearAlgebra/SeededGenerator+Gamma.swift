import RealModule

extension SeededGenerator {
    /// An independent generator for each coordinate of a computation, so that the order of execution does not matter.
    public init(seed: UInt64, _ place: Int...) {
        self = place.reduce(SeededGenerator(seed: seed)) { $0.branch($1) }
    }

    /// The generator of a nested coordinate; this one is unchanged. `SeededGenerator(seed: s, a).branch(b)` equals
    /// `SeededGenerator(seed: s, a, b)`.
    public func branch(_ coordinate: Int) -> SeededGenerator {
        var own = self
        return SeededGenerator(seed: own.next() ^ UInt64(truncatingIfNeeded: coordinate))
    }

    /// A gamma variate with mean shape/rate and variance shape/rate².
    ///
    /// Source: Marsaglia & Tsang 2000, doi:10.1145/358407.358414.
    ///
    /// - Parameters:
    ///   - shape: > 0.
    ///   - rate: > 0.
    public mutating func gamma(shape: Double, rate: Double) -> Double {
        precondition(shape > 0 && rate > 0, "shape and rate above 0")
        // The method needs shape ≥ 1: draw with shape + 1 and scale by a power of a uniform number.
        if shape < 1 { return gamma(shape: shape + 1, rate: rate) * .pow(1 - uniform(), 1 / shape) }
        let d = shape - 1 / 3.0
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if .log(1 - uniform()) < 0.5 * x * x + d - d * v + d * .log(v) { return d * v / rate }
        }
    }
}
