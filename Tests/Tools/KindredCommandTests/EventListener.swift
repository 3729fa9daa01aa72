import Foundation
import Synchronization
import TestSupport
import Testing

/// Somebody who listens to the events of a service, with curl.
final class EventListener: Sendable {
    private let process = Process()
    private let text = Mutex("")

    /// Listens from now on: the service has answered when this returns.
    init(_ server: Server) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "--silent", "--no-buffer", "\(server.address)/events"]
        let output = Pipe()
        process.standardOutput = output
        output.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            guard !data.isEmpty else { return handle.readabilityHandler = nil }
            text.withLock { $0 += String(decoding: data, as: UTF8.self) }
        }
        try process.run()
        try wait(until: "the first heartbeat") { text.withLock { $0.contains(": heartbeat") } }
    }

    /// The events so far, whole ones alone: the name of each, and of progress its stage.
    var events: [String] {
        text.withLock { $0 }.matches(of: /event: (\w+)\ndata: (?:.*"stage":"([^"]*)")?.*\n\n/).map {
            String($0.output.2 ?? $0.output.1)
        }
    }

    /// Waits until the service has ended the stream.
    ///
    /// - Returns: the exit code of curl, which is 0 where the stream was ended properly and not cut off.
    func waitUntilEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
