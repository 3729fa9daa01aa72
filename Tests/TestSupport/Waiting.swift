import Foundation

/// What a test has waited for in vain.
public struct WaitError: Error, CustomStringConvertible {
    public let description: String
}

/// Looks for a value until there is one, so that a test depends on what happens and not on when.
///
/// - Throws: `WaitError` after two minutes, far beyond what anything here takes.
public func wait<Value>(for event: String, _ value: () throws -> Value?) throws -> Value {
    let end = Date(timeIntervalSinceNow: 120)
    while Date() < end {
        if let value = try value() { return value }
        Thread.sleep(forTimeInterval: 0.005)
    }
    throw WaitError(description: "\(event): not within two minutes")
}

/// The same for a condition.
public func wait(until event: String, _ holds: () throws -> Bool) throws {
    try wait(for: event) { try holds() ? () : nil }
}
