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
    init(rows: Int, rank: Int, using generator: inout SeededGenerator) {
        var vectors = DenseMatrix<Float>(rows: rows, columns: rank)
        for row in 0..<rows {
            for factor in 0..<rank { vectors[row, factor] = Float(0.1 * generator.normal()) }
        }
        self.init(vectors: vectors, biases: Array(repeating: 0, count: rows))
    }

    var areFinite: Bool { vectors.storage.allSatisfy(\.isFinite) && biases.allSatisfy(\.isFinite) }
}
