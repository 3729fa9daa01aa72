import LinearAlgebra

/// The normal equations of one row: A·w = b with A = base + Σ ω·x·xᵀ + Λ and b = Σ ω·t·x over the row's observations.
///
/// A single-threaded workspace that solves row after row by Cholesky factorization.
struct NormalEquations: ~Copyable {
    /// The regressors of one side: a vector per partner, its factors possibly followed by a bias.
    ///
    /// With biases, x = (factors, 1), and the partner's bias is subtracted from the target.
    struct Features {
        /// Shape (partners, order).
        let vectors: DenseMatrix<Float>
        let areBiased: Bool
    }

    private var system: SymmetricSystem
    private var targets: [Float]
    private var scales: [Float]
    private var deviation: [Float]
    /// Σ ω·(t − x·w)² + wᵀ·(base + Λ)·w of the solution: the row's part of the loss.
    private(set) var loss = 0.0

    var order: Int { system.order }
    /// The solution w.
    var solution: [Float] { Array(system.vector.prefix(order)) }

    init(order: Int, solver: Solver) {
        system = SymmetricSystem(order: order, solver: solver)
        targets = Array(repeating: 0, count: SymmetricSystem.panelLines)
        scales = targets
        deviation = Array(repeating: 0, count: order)
    }

    /// Resets to a base, read from its upper triangle, and a right-hand side; both default to zero.
    mutating func begin(base: DenseMatrix<Float>? = nil, right: [Float]? = nil) {
        system.begin(base: base)
        if let right { system.setVector(right) }
    }

    /// Adds an observation per partner, with a target t and a weight ω ≥ 0 by place in the list. Call once.
    @inline(__always)
    mutating func add(
        _ partners: ArraySlice<Int32>, of features: Features,
        _ observation: (_ place: Int) -> (target: Float, weight: Float)
    ) {
        for panel in Panels(partners) { addPanel(partners[panel], of: features, observation) }
        system.finish()
    }

    /// The same for at most `SymmetricSystem.panelLines` partners; `finish` completes A and b.
    @inline(__always)
    mutating func addPanel(
        _ partners: ArraySlice<Int32>, of features: Features,
        _ observation: (_ place: Int) -> (target: Float, weight: Float)
    ) {
        Self.fill(&targets, &scales, partners.indices, observation)
        system.add(partners, of: features.vectors, isBiased: features.areBiased, scales: scales, targets: targets)
    }

    /// Completes A and b after the last panel.
    mutating func finish() { system.finish() }

    /// Saves the sums of some panels.
    func save(to sums: inout SymmetricSystem.Sums) { system.save(to: &sums) }

    /// Resets to saved sums.
    mutating func begin(_ sums: SymmetricSystem.Sums) { system.begin(sums) }

    /// Adds an observation per partner with weight ω = weight·weights[partner]. Call once, without the other `add`.
    ///
    /// - Parameter targets: t by place in the list.
    mutating func add(
        _ partners: ArraySlice<Int32>, of features: BiasedRows, weight: Float, weights: [Float],
        targets: ArraySlice<Float>
    ) {
        system.add(partners, of: features, weight: weight, weights: weights, targets: targets)
    }

    /// b ← b + A·v.
    mutating func addProduct(of v: ArraySlice<Float>) { system.addProduct(of: v) }

    /// b ← b + right.
    mutating func addRight(_ right: ArraySlice<Float>) { system.addToVector(right) }

    /// Adds Σ factors·G over the forms of some rows to A.
    mutating func add(_ forms: QuadraticForms, rows: ArraySlice<Int32>, times factors: ArraySlice<Float>) {
        system.add(forms, rows: rows, times: factors)
    }

    /// Writes the form G = A, e = b − A·z, after everything is added.
    func copyForm(about z: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        system.copyForm(about: z, to: &target, at: place)
    }

    /// Writes the step w − v + A⁻¹·s for a later sum s, after w is solved or sampled.
    func copyStep(from v: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        system.copyStep(from: v, to: &target, at: place)
    }

    /// Adds to the diagonal from `first` on.
    mutating func penalize(_ penalty: Float, from first: Int = 0, to last: Int? = nil) {
        for index in first..<(last ?? order) { system[index, index] += penalty }
    }

    /// Adds factor·matrix to A.
    mutating func add(_ matrix: DenseMatrix<Float>, times factor: Float) { system.add(matrix, times: factor) }

    /// Factors A; any right-hand side can then be solved.
    mutating func factor() throws(CholeskyError) { try system.factor() }

    /// A⁻¹·v, after `factor`.
    mutating func solution(of vector: [Float]) -> [Float] {
        system.setVector(vector)
        system.substitute()
        return solution
    }

    /// w = A⁻¹·b.
    mutating func solve() throws(CholeskyError) {
        try system.factor()
        system.substitute()
        loss = system.leastLoss
    }

    /// w ~ N(A⁻¹·b, A⁻¹).
    mutating func sample(using generator: inout SeededGenerator) throws(CholeskyError) {
        var span = deviation.mutableSpan
        generator.normals(into: &span)
        try system.factor()
        system.substitute(deviation: deviation)
    }

    /// w = 0, without observations.
    mutating func solveNothing() {
        system.setVector(Array(repeating: 0, count: order))
        loss = 0
    }

    /// The full A, after everything is added.
    var gramian: DenseMatrix<Float> {
        var gramian = DenseMatrix<Float>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order { gramian[row, column] = system[min(row, column), max(row, column)] }
        }
        return gramian
    }

    /// Writes w, starting at a place.
    func copySolution(to target: inout MutableSpan<Float>, at place: Int) {
        for index in 0..<order { target[place + index] = system.vector[index] }
    }

    @inline(__always)
    private static func fill(
        _ targets: inout [Float], _ scales: inout [Float], _ panel: Range<Int>,
        _ observation: (_ place: Int) -> (target: Float, weight: Float)
    ) {
        var targets = targets.mutableSpan
        var scales = scales.mutableSpan
        for place in panel {
            let (target, weight) = observation(place)
            targets[place - panel.lowerBound] = target
            scales[place - panel.lowerBound] = weight.squareRoot()
        }
    }

    /// Splits a list of partners into panels.
    private struct Panels: Sequence, IteratorProtocol {
        private var rest: Range<Int>

        init(_ partners: ArraySlice<Int32>) { rest = partners.indices }

        mutating func next() -> Range<Int>? {
            guard !rest.isEmpty else { return nil }
            let panel = rest.prefix(SymmetricSystem.panelLines)
            rest = panel.upperBound..<rest.upperBound
            return panel
        }
    }
}

// MARK: - Bounds

extension NormalEquations {
    /// Minimizes ½·wᵀ·A·w − bᵀ·w with the first `count` coordinates non-negative, by cyclic coordinate descent from
    /// `start`: each coordinate in turn takes its optimal value, so no step raises the loss.
    ///
    /// Source: Franc, Hlaváč & Navara 2005, doi:10.1007/11556121_50.
    mutating func solveNonnegative(_ count: Int, from start: [Float]) {
        var w = start
        for _ in 0..<1_000 {
            var change: Float = 0
            for i in 0..<order where system[i, i] > 0 {
                var slope = -system.vector[i]
                for j in 0..<order { slope += system[min(i, j), max(i, j)] * w[j] }
                let step = w[i] - slope / system[i, i]
                let next = i < count ? max(0, step) : step
                change = max(change, abs(next - w[i]))
                w[i] = next
            }
            if change < 1e-6 { break }
        }
        loss = loss(of: w)
        system.setVector(w)
    }

    /// Σ ω·t² − 2·bᵀ·w + wᵀ·A·w.
    private func loss(of w: [Float]) -> Double {
        (0..<order).reduce(system.squaredTargets) { sum, i in
            let product = (0..<order).reduce(0) { $0 + Double(system[min(i, $1), max(i, $1)]) * Double(w[$1]) }
            return sum + Double(w[i]) * (product - 2 * Double(system.vector[i]))
        }
    }

    /// Removes coordinates from A: they are 0 in every solution whose right-hand side is 0 there.
    mutating func hold(_ isHeld: [Bool]) {
        for i in 0..<order where isHeld[i] {
            for j in 0..<order { system[min(i, j), max(i, j)] = 0 }
            system[i, i] = 1
        }
    }
}
