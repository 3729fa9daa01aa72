import LinearAlgebra

/// The normal equations of one row: (Σ x·xᵀ + Λ)·w = Σ t·x over the row's ratings.
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

    /// Adds the observation with the features (vector, 1) and a target.
    mutating func add(_ vectors: DenseMatrix<Float>, row: Int, target: Float) {
        let base = row * vectors.columns
        for factor in 0..<vectors.columns { panel[lines, factor] = vectors.storage[base + factor] }
        panel[lines, vectors.columns] = 1
        targets[lines] = target
        lines += 1
        if lines == Self.panelRows { flush() }
    }

    /// Solves with `factorPenalty` on the diagonal of the factors and `biasPenalty` on that of the bias, then forgets all.
    ///
    /// - Returns: w, the factors and behind them the bias.
    mutating func solve(factorPenalty: Float, biasPenalty: Float) throws(CholeskyError) -> [Float] {
        flush()
        for factor in 0..<order - 1 { gramian[factor, factor] += factorPenalty }
        gramian[order - 1, order - 1] += biasPenalty
        defer { clear() }
        try gramian.solveCholesky(&right)
        return right
    }

    private mutating func flush() {
        guard lines > 0 else { return }
        panel.reshape(rows: lines, columns: order)
        gramian.addGramian(of: panel)
        panel.addTransposed(times: targets, to: &right)
        panel.reshape(rows: Self.panelRows, columns: order)
        lines = 0
    }

    private mutating func clear() {
        gramian = DenseMatrix(rows: order, columns: order)
        right = Array(repeating: 0, count: order)
    }
}
