public import LinearAlgebra

/// Who multiplied and who solved: the part of every summary that says how far BLAS and LAPACK were at work.
public struct Arithmetic: Codable, Sendable, Equatable {
    /// The BLAS in use.
    public let blas: NumericLibrary
    /// The LAPACK in use.
    public let lapack: NumericLibrary
    /// Products of user vectors.
    public let products: Products
    /// Factorizations of symmetric systems.
    public let factorizations: Factorizations

    /// Products of the vectors of users.
    public struct Products: Codable, Sendable, Equatable {
        /// The number of multiply-adds.
        public let multiplyAdds: Int
        /// Shares of the multiply-adds, which add up to 1: by BLAS's gemm, by lanes, and pair by pair.
        public let blasShare: Double
        /// The share by lanes.
        public let laneShare: Double
        /// The share pair by pair.
        public let pairShare: Double
    }

    /// Symmetric systems that were factored: rows of als, implicit and bayes, and the matrices of closed forms and priors.
    public struct Factorizations: Codable, Sendable, Equatable {
        /// The number by LAPACK.
        public let lapack: Int
        /// The number by Kindred's kernel.
        public let kernel: Int
    }

    /// Summarizes counts, with the libraries in use.
    public init(_ counts: OperationCounts) {
        let total = counts.multiplyAdds
        func share(_ count: Int) -> Double { total > 0 ? Double(count) / Double(total) : 0 }
        blas = .blas
        lapack = .lapack
        products = Products(
            multiplyAdds: total, blasShare: share(counts.blasMultiplyAdds), laneShare: share(counts.laneMultiplyAdds),
            pairShare: share(counts.pairMultiplyAdds))
        factorizations = Factorizations(
            lapack: counts.lapackFactorizations, kernel: counts.kernelFactorizations)
    }

    /// One line for a person, as in `products 94 % by kernels, 6 % by OpenBLAS 0.3.21; 19,280 systems by OpenBLAS (LAPACK) 0.3.21`.
    public var text: String {
        [productText, factorizationText].compactMap { $0 }.joined(separator: "; ")
    }

    private var productText: String? {
        guard products.multiplyAdds > 0 else { return nil }
        let byBLAS = Int((100 * products.blasShare).rounded())
        let library = "\(blas.name) \(blas.version)"
        switch byBLAS {
        case 0: return "products by kernels"
        case 100: return "products by \(library)"
        default: return "products \(100 - byBLAS) % by kernels, \(byBLAS) % by \(library)"
        }
    }

    private var factorizationText: String? {
        let library = "\(lapack.name) \(lapack.version)"
        switch (factorizations.lapack, factorizations.kernel) {
        case (0, 0): return nil
        case (let count, 0): return "\(counted(count, "system")) by \(library)"
        case (0, let count): return "\(counted(count, "system")) by the kernel"
        case (let one, let other): return "\(counted(one, "system")) by \(library), \(other) by the kernel"
        }
    }
}
