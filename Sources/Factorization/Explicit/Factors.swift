public import LinearAlgebra

/// The latent factors and biases of one side, users or items.
public struct Factors: Sendable {
    /// Shape (rows, rank).
    public let vectors: DenseMatrix<Float>
    /// One for each row.
    public let biases: [Float]

    public var rank: Int { vectors.columns }
    public var rows: Int { vectors.rows }

    public init(vectors: DenseMatrix<Float>, biases: [Float]) {
        precondition(vectors.rows == biases.count, "a bias for every row")
        self.vectors = vectors
        self.biases = biases
    }

    /// Small normal numbers, biases 0.
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

    /// What the other side's rows are regressed on: each row's factors and behind them a 1. Shape (rows, rank + 1).
    var features: DenseMatrix<Float> {
        var features = DenseMatrix<Float>(rows: rows, columns: rank + 1)
        for row in 0..<rows {
            for factor in 0..<rank { features[row, factor] = vectors[row, factor] }
            features[row, rank] = 1
        }
        return features
    }

    /// The factors and behind them the bias of one row.
    func augmented(_ row: Int) -> [Float] { Array(vectors.row(row)) + [biases[row]] }

    var areFinite: Bool { vectors.storage.allSatisfy(\.isFinite) && biases.allSatisfy(\.isFinite) }
}
