public import Store

/// What holds copies of a store's rows and is reached over a network: indices of a server, topics of brokers.
public protocol ErasableCopy: Sendable {
    /// Whether an output of the ledger is one of its places.
    func covers(_ output: Output) -> Bool

    /// Removes what it holds of a user, and returns when that is confirmed. It may have been done before.
    ///
    /// - Parameters:
    ///   - items: what they rated.
    ///   - outputs: what it covers of the ledger.
    /// - Returns: what became of each place.
    func erase(_ user: String, items: [String], outputs: [Output]) async throws -> [ErasureRecord.Place]
}
