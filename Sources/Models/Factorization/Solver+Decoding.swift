import LinearAlgebra

extension KeyedDecodingContainer {
    /// Synthesized decoders of configurations call this: models that version 0.1 saved name no solver.
    func decode(_ type: Solver.Type, forKey key: Key) throws -> Solver {
        try decodeIfPresent(type, forKey: key) ?? .lapack
    }
}
