import Store

/// Why a service has no snapshot, or an old one.
public struct LiveTrouble: Sendable {
    /// What is wrong and what helps, without the path of the store, for those who may not know it.
    public let reason: String
    /// How many refreshes have failed in a row; 0 where what was kept is not used and the first is to come.
    public let failures: Int

    /// Whether what was imported and submitted is not as it was written, so that nothing that is counted of it is right.
    public let concernsStore: Bool

    init(_ error: any Error, failures: Int, of store: Store, concernsStore: Bool) {
        self.concernsStore = concernsStore
        reason = "\(error)".replacing("\(store.path): ", with: "").replacing(store.path, with: "the store")
        self.failures = failures
    }

    /// Seconds to wait before the next attempt: 5, 10, 20 … 600. What has failed five times in a row will hardly work a second
    /// later, and each attempt may cost minutes of all processors.
    public var pause: Double { failures == 0 ? 0 : min(600, 5 * Double(1 << min(failures - 1, 7))) }
}
