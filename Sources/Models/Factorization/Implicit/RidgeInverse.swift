import LinearAlgebra
import Ratings

/// (XᵀX + λI)⁻¹, the core of both closed forms, with a memory estimate.
struct RidgeInverse {
    let regularization: Double
    /// The memory limit of the dense Gramian in bytes.
    let memoryLimit: Int

    /// The memory of a Gramian of this order, in bytes.
    static func memoryEstimate(_ order: Int) -> Int { order * order * MemoryLayout<Float>.stride }

    /// Throws unless λ is positive and the limit at least one byte.
    func validate() throws(FactorizationError) {
        if !(regularization > 0 && regularization.isFinite) {
            throw .outOfRange("regularization", "\(regularization)", "above 0")
        }
        if memoryLimit < 1 { throw .outOfRange("memory-limit", "\(memoryLimit)", "at least 1") }
    }

    /// Throws if a Gramian of this order would exceed the limit.
    func requireMemory(_ order: Int) throws(FactorizationError) {
        let needed = Self.memoryEstimate(order)
        if needed > memoryLimit { throw .tooLarge(bytes: needed, limit: memoryLimit) }
    }

    /// - Parameters:
    ///   - x: shape (rows, order).
    ///   - side: the name of a column in errors.
    /// - Throws: `FactorizationError`; a request to cancel is seen before and after the inversion.
    func inverse(_ x: SparseMatrix<Float>, side: String) throws(FactorizationError) -> DenseMatrix<Float> {
        var matrix = DenseMatrix(gramianOfColumns: x)
        for index in 0..<matrix.rows { matrix[index, index] += Float(regularization) }
        if Cancellation.current.isRequested { throw .cancelled }
        do {
            try matrix.invertCholesky()
        } catch {
            switch error {
            case .notPositiveDefinite(let minor): throw .notPositiveDefinite(side: side, row: minor - 1, minor: minor)
            }
        }
        if Cancellation.current.isRequested { throw .cancelled }
        return matrix
    }
}
