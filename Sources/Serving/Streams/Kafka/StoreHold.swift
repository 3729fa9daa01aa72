internal import Store

/// A store that could not be written, and when it is tried again: after pauses that grow from a tenth of a second to ten seconds.
struct StoreHold {
    private static let longest = Duration.seconds(10)

    private var pause = Duration.milliseconds(100)
    private(set) var until = ContinuousClock.now + .milliseconds(100)

    mutating func grow() {
        pause = min(Self.longest, pause * 2)
        until = .now + pause
    }
}

extension StoreError {
    /// Whether it may pass without anybody changing what is written.
    var mayPass: Bool {
        switch self {
        case .locked, .full, .notPermitted: true
        default: false
        }
    }
}
