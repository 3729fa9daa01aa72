import HummingbirdCore
import Logging
import Platform

/// Accepts no more connections than there are file descriptors for; others wait in the queue of the system.
struct ConnectionLimit: AvailableConnectionsDelegate {
    private let limit: Int
    private let logger: Logger
    private var count = 0
    private var warned: ContinuousClock.Instant?

    /// Of what the process may open at most; more helps nobody on one machine.
    private static let mostFiles = 16_384
    /// For the store, logs and what a refresh writes.
    private static let reservedFiles = 128

    /// Each connection may have a download open beside itself.
    init(logger: Logger) {
        self.init(limit: max(8, (OpenFiles.raiseLimit(to: Self.mostFiles) - Self.reservedFiles) / 2), logger: logger)
    }

    init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    func isAcceptingNewConnections() -> Bool { count < limit }

    mutating func connectionOpened() {
        count += 1
        guard count >= limit, warned.map({ $0.duration(to: .now) > .seconds(60) }) ?? true else { return }
        warned = .now
        logger.warning(
            "all connections are in use; others wait until one is closed. Raise the limit of open files (ulimit -n).",
            metadata: ["connections": "\(count)"])
    }

    mutating func connectionClosed() { count -= 1 }
}
