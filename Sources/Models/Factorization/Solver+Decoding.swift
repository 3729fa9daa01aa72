import LinearAlgebra

extension KeyedDecodingContainer {
    /// Called by synthesized decoders of configurations: models saved by version 0.1 have no solver.
    func decode(_ type: Solver.Type, forKey key: Key) throws -> Solver {
        try decodeIfPresent(type, forKey: key) ?? .lapack
    }
}
