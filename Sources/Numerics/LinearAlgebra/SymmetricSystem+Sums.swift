/// Systems whose rows come in parts, with other systems in between.
extension SymmetricSystem {
    /// The sums of an unfinished system: A, b as one more row, and Σ s²·t².
    public struct Sums: Sendable {
        fileprivate var elements: [Float] = []
        fileprivate var squaredTargets = 0.0

        /// Room for sums, taken when they are saved.
        public init() {}

        /// The bytes of saved sums of an order: 4 times the next multiple of sixteen above it times the stride, which is
        /// that multiple made odd by another sixteen if need be.
        ///
        /// Order 65: 80 rows of 80 floats, 25,600 bytes.
        public static func bytes(order: Int) -> Int {
            SymmetricSystem.padded(order) * SymmetricSystem.stride(order) * MemoryLayout<Float>.stride
        }
    }

    /// Saves the sums so far, between `begin` and `finish`.
    public func save(to sums: inout Sums) {
        let count = Self.padded(order) * stride
        if sums.elements.isEmpty { sums.elements = Array(repeating: 0, count: count) }
        precondition(sums.elements.count == count, "order of the sums")
        sums.squaredTargets = squaredTargets
        unsafe sums.elements.withUnsafeMutableBufferPointer { elements in
            _ = unsafe elements.update(fromContentsOf: matrix)
        }
    }

    /// Begins with saved sums: rows that are then added give the same bits as without the interruption.
    public mutating func begin(_ sums: Sums) {
        precondition(sums.elements.count == Self.padded(order) * stride, "order of the sums")
        for index in 0..<order { vector[index] = 0 }
        isHalfSolved = false
        squaredTargets = sums.squaredTargets
        unsafe sums.elements.withUnsafeBufferPointer { elements in
            _ = unsafe matrix.update(fromContentsOf: elements)
        }
    }
}
