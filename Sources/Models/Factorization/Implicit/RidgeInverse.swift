import LinearAlgebra
import Ratings

/// (XᵀX + λI)⁻¹, which both closed forms are made of, with the memory it takes told before.
struct RidgeInverse {
    let regularization: Double
    /// Bytes that the dense Gram matrix may take.
    let memoryLimit: Int

    /// The bytes that a Gram matrix of this order takes.
    static func memoryEstimate(_ order: Int) -> Int { order * order * MemoryLayout<Float>.stride }

    /// Throws unless λ is above 0 and the limit at least a byte.
    func validate() throws(FactorizationError) {
        if !(regularization > 0 && regularization.isFinite) {
            throw .outOfRange("regularization", "\(regularization)", "above 0")
        }
        if memoryLimit < 1 { throw .outOfRange("memory-limit", "\(memoryLimit)", "at least 1") }
    }

    /// Throws where the Gram matrix of this order would exceed the limit.
    func requireMemory(_ order: Int) throws(FactorizationError) {
        let needed = Self.memoryEstimate(order)
        if needed > memoryLimit { throw .tooLarge(bytes: needed, limit: memoryLimit) }
    }

    /// - Parameters:
    ///   - x: shape (rows, order).
    ///   - side: what a column is, for the error.
    func inverse(_ x: SparseMatrix<Float>, side: String) throws(FactorizationError) -> DenseMatrix<Float> {
        var matrix = DenseMatrix(gramianOfColumns: x)
        for index in 0..<matrix.rows { matrix[index, index] += Float(regularization) }
        do {
            try matrix.invertCholesky()
        } catch {
            switch error {
            case .notPositiveDefinite(let minor): throw .notPositiveDefinite(side: side, row: minor - 1, minor: minor)
            }
        }
        return matrix
    }
}
