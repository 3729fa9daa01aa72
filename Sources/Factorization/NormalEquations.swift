import LinearAlgebra

/// The normal equations of one row: A·w = b with A = base + Σ ω·x·xᵀ + Λ and b = right + Σ ω·t·x over the row's ratings.
///
/// A workspace: features are gathered into a panel of `panelRows` lines, each full panel goes into the Gramian by one `syrk`,
/// and Cholesky's method solves in place. One thread solves row after row in it.
struct NormalEquations {
    /// From about this many lines on, `syrk` runs at its full speed.
    static let panelRows = 128

    let order: Int
    private var panel: DenseMatrix<Float>
    private var targets: [Float]
    private var lines = 0
    private var gramian: DenseMatrix<Float>
    private var right: [Float]

    init(order: Int) {
        self.order = order
        panel = DenseMatrix(rows: Self.panelRows, columns: order)
        targets = Array(repeating: 0, count: Self.panelRows)
        gramian = DenseMatrix(rows: order, columns: order)
        right = Array(repeating: 0, count: order)
    }

    /// Forgets all and begins with a base, whose lower triangle counts, and a right side; zero where none is given.
    mutating func begin(base: DenseMatrix<Float>? = nil, right start: [Float]? = nil) {
        if let base { gramian.copy(base) } else { gramian.fill(0) }
        for index in 0..<order { right[index] = start?[index] ?? 0 }
        lines = 0
    }

    /// Adds an observation with the features of a row, a target t and a weight ω ≥ 0.
    mutating func add(_ features: DenseMatrix<Float>, row: Int, target: Float, weight: Float = 1) {
        let root = weight == 1 ? 1 : weight.squareRoot()
        panel.copyRow(row, of: features, to: lines, times: root)
        targets[lines] = root * target
        lines += 1
        if lines == Self.panelRows { flush() }
    }

    /// Adds to the diagonal from `first` on.
    mutating func penalize(_ penalty: Float, from first: Int = 0, to last: Int? = nil) {
        for index in first..<(last ?? order) { gramian[index, index] += penalty }
    }

    /// A's lower triangle and b, as they stand.
    mutating func assembled() -> (gramian: DenseMatrix<Float>, right: [Float]) {
        flush()
        return (gramian, right)
    }

    /// Adds factor·matrix to A.
    mutating func add(_ matrix: DenseMatrix<Float>, times factor: Float) {
        gramian.add(matrix, times: factor)
    }

    /// w = A⁻¹·b.
    mutating func solve() throws(CholeskyError) -> [Float] {
        try factor()
        return solution(of: right)
    }

    /// w ~ N(A⁻¹·b, A⁻¹), from a standard normal vector.
    mutating func sample(noise: [Float]) throws(CholeskyError) -> [Float] {
        try factor()
        var deviation = noise
        gramian.solveTransposedFactor(&deviation)
        return zip(solution(of: right), deviation).map { $0 + $1 }
    }

    /// Turns A into its factor; `solution` may then be called with any right side.
    mutating func factor() throws(CholeskyError) {
        flush()
        try gramian.factorCholesky()
    }

    /// A⁻¹·v once A is factored.
    func solution(of vector: [Float]) -> [Float] {
        var solution = vector
        gramian.solveFactored(&solution)
        return solution
    }

    /// The w that minimizes ½·wᵀ·A·w − bᵀ·w where the first `count` coordinates may not be negative, by cyclic coordinate
    /// descent from `start`: each coordinate in turn takes its best value, so no step raises the loss.
    ///
    /// Source: Franc, Hlaváč & Navara 2005, doi:10.1007/11556121_50.
    mutating func solveNonnegative(_ count: Int, from start: [Float]) -> [Float] {
        flush()
        var w = start
        for _ in 0..<1_000 {
            var change: Float = 0
            for i in 0..<order where gramian[i, i] > 0 {
                var slope = -right[i]
                for j in 0..<order { slope += (j <= i ? gramian[i, j] : gramian[j, i]) * w[j] }
                let step = w[i] - slope / gramian[i, i]
                let next = i < count ? max(0, step) : step
                change = max(change, abs(next - w[i]))
                w[i] = next
            }
            if change < 1e-6 { break }
        }
        return w
    }

    /// Takes coordinates out of the equations: they are 0 in every solution.
    mutating func hold(_ isHeld: [Bool]) {
        flush()
        for i in 0..<order where isHeld[i] {
            for j in 0..<order { gramian[max(i, j), min(i, j)] = 0 }
            gramian[i, i] = 1
            right[i] = 0
        }
    }

    private mutating func flush() {
        guard lines > 0 else { return }
        panel.reshape(rows: lines, columns: order)
        gramian.addGramian(of: panel)
        panel.addTransposed(times: targets, to: &right)
        panel.reshape(rows: Self.panelRows, columns: order)
        lines = 0
    }
}
