public import LinearAlgebra

/// The latent factors and biases of one side, users or items.
public struct Factors: Sendable {
    /// Shape (rows, rank).
    public let vectors: DenseMatrix<Float>
    /// One per row.
    public let biases: [Float]

    /// The number of factors per row.
    public var rank: Int { vectors.columns }
    /// The number of users or items.
    public var rows: Int { vectors.rows }

    /// Creates factors with one bias per row.
    public init(vectors: DenseMatrix<Float>, biases: [Float]) {
        precondition(vectors.rows == biases.count, "one bias per row")
        self.vectors = vectors
        self.biases = biases
    }

    /// Small normal variates, with biases 0.
    init(rows: Int, rank: Int, isNonnegative: Bool = false, using generator: inout SeededGenerator) {
        var vectors = DenseMatrix<Float>(rows: rows, columns: rank)
        for row in 0..<rows {
            for factor in 0..<rank {
                let value = Float(0.1 * generator.normal())
                vectors[row, factor] = isNonnegative ? abs(value) : value
            }
        }
        self.init(vectors: vectors, biases: Array(repeating: 0, count: rows))
    }

    /// From solutions with the bias as the last coordinate.
    init(augmented solutions: DenseMatrix<Float>) {
        let rank = solutions.columns - 1
        var vectors = DenseMatrix<Float>(rows: solutions.rows, columns: rank)
        for row in 0..<solutions.rows {
            for factor in 0..<rank { vectors[row, factor] = solutions[row, factor] }
        }
        self.init(vectors: vectors, biases: (0..<solutions.rows).map { solutions[$0, rank] })
    }

    /// Each row's factors, then its bias, shape (rows, rank + 1).
    var augmented: DenseMatrix<Float> {
        var augmented = DenseMatrix<Float>(rows: rows, columns: rank + 1)
        for row in 0..<rows {
            for factor in 0..<rank { augmented[row, factor] = vectors[row, factor] }
            augmented[row, rank] = biases[row]
        }
        return augmented
    }
}
