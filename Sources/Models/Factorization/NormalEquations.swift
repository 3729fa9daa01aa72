import LinearAlgebra

/// The normal equations of one row: A·w = b with A = base + Σ ω·x·xᵀ + Λ and b = Σ ω·t·x over the row's observations.
///
/// A workspace, in which one thread solves row after row by Cholesky's method.
struct NormalEquations: ~Copyable {
    /// What one side is regressed on: a vector for each partner, and behind its factors perhaps a bias.
    ///
    /// With biases x = (factors, 1), and the partner's bias is taken off the target.
    struct Features {
        /// Shape (partners, order).
        let vectors: DenseMatrix<Float>
        let areBiased: Bool
    }

    private var system: SymmetricSystem
    private var targets: [Float]
    private var scales: [Float]
    private var deviation: [Float]
    /// Σ ω·(t − x·w)² + wᵀ·(base + Λ)·w of the solution: what the row adds to the loss.
    private(set) var loss = 0.0

    var order: Int { system.order }
    /// The vector w once the equations are solved.
    var solution: [Float] { Array(system.vector.prefix(order)) }

    init(order: Int, solver: Solver) {
        system = SymmetricSystem(order: order, solver: solver)
        targets = Array(repeating: 0, count: SymmetricSystem.panelLines)
        scales = targets
        deviation = Array(repeating: 0, count: order)
    }

    /// Forgets all and begins with a base, whose upper triangle counts, and a right side; zero where none is given.
    mutating func begin(base: DenseMatrix<Float>? = nil, right: [Float]? = nil) {
        system.begin(base: base)
        if let right { system.setVector(right) }
    }

    /// Adds, once, an observation of each partner: a target t and a weight ω ≥ 0 by the place in the list.
    @inline(__always)
    mutating func add(
        _ partners: ArraySlice<Int32>, of features: Features,
        _ observation: (_ place: Int) -> (target: Float, weight: Float)
    ) {
        for panel in Panels(partners) {
            Self.fill(&targets, &scales, panel, observation)
            system.add(
                partners[panel], of: features.vectors, isBiased: features.areBiased, scales: scales, targets: targets)
        }
        system.finish()
    }

    /// Adds an observation of each partner with the weight ω = weight·weights[partner], once, and nothing else in this way.
    ///
    /// - Parameter targets: t by the place in the list.
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

    /// Writes the form G = A, e = b − A·z, once all is added.
    func copyForm(about z: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        system.copyForm(about: z, to: &target, at: place)
    }

    /// Writes the step w − v + A⁻¹·s for a sum s to come, once w is solved for or sampled.
    func copyStep(from v: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        system.copyStep(from: v, to: &target, at: place)
    }

    /// Adds to the diagonal from `first` on.
    mutating func penalize(_ penalty: Float, from first: Int = 0, to last: Int? = nil) {
        for index in first..<(last ?? order) { system[index, index] += penalty }
    }

    /// Adds factor·matrix to A.
    mutating func add(_ matrix: DenseMatrix<Float>, times factor: Float) { system.add(matrix, times: factor) }

    /// Turns A into its factor; any right side may then be solved for.
    mutating func factor() throws(CholeskyError) { try system.factor() }

    /// A⁻¹·v once A is factored.
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

    /// w = 0, where nothing is observed.
    mutating func solveNothing() {
        system.setVector(Array(repeating: 0, count: order))
        loss = 0
    }

    /// A in full, once all is added.
    var gramian: DenseMatrix<Float> {
        var gramian = DenseMatrix<Float>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order { gramian[row, column] = system[min(row, column), max(row, column)] }
        }
        return gramian
    }

    /// Writes w from a place on.
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

    /// Cuts a list of partners into panels.
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
    /// The w that minimizes ½·wᵀ·A·w − bᵀ·w where the first `count` coordinates may not be negative, by cyclic coordinate
    /// descent from `start`: each coordinate in turn takes its best value, so no step raises the loss.
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

    /// Takes coordinates out of A: they are 0 in every solution for a right side that is 0 there.
    mutating func hold(_ isHeld: [Bool]) {
        for i in 0..<order where isHeld[i] {
            for j in 0..<order { system[min(i, j), max(i, j)] = 0 }
            system[i, i] = 1
        }
    }
}
