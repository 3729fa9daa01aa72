import Dispatch
import Foundation
import Logging
package import Platform
import Synchronization

/// Lines on their way to a descriptor, which a thread of its own writes: whoever logs never waits, and a full disk, a closed
/// stream or a reader that does not read costs lines, which are counted, and nothing else.
///
/// Each line is one write, so that lines of up to 4,096 bytes stay whole in a pipe that others write to as well.
package final class LineWriter: Sendable {
    static let standardError = LineWriter(.standardError) { count in
        JSONLog.line(
            level: .warning, "log lines were dropped", logger: "kindred", metadata: ["dropped": "\(count)"])
    }

    private struct State {
        var waiting: [[UInt8]] = []
        var bytes = 0
        var isWriting = false
        var dropped = 0
        /// Those of `dropped` that the log does not tell yet.
        var untold = 0

        mutating func drop() {
            dropped += 1
            untold += 1
        }
    }

    private let output: OutputDescriptor
    private let byteLimit: Int
    /// The line that tells how many were dropped.
    private let report: @Sendable (Int) -> [UInt8]
    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    package init(_ output: OutputDescriptor, byteLimit: Int = 4 << 20, report: @escaping @Sendable (Int) -> [UInt8]) {
        self.output = output
        self.byteLimit = byteLimit
        self.report = report
        let thread = Thread { [self] in writeForever() }
        thread.name = "log"
        thread.start()
    }

    /// How many lines could not be written, or found the queue full.
    package var droppedCount: Int { state.withLock { $0.dropped } }

    /// Puts a line, with its line break, into the queue; drops it where that is full.
    package func append(_ line: [UInt8]) {
        state.withLock { state in
            guard state.bytes + line.count <= byteLimit else { return state.drop() }
            state.waiting.append(line)
            state.bytes += line.count
        }
        arrival.signal()
    }

    /// Gives what is in the queue a moment to be written.
    func flush(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, state.withLock({ $0.isWriting || !$0.waiting.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    // MARK: The thread

    private func writeForever() {
        // Whether the last line ended before its line break.
        var isTorn = false
        while true {
            arrival.wait()
            let lines = state.withLock { state in
                defer { state.waiting = [] }
                state.isWriting = true
                return state.waiting
            }
            for line in lines {
                write(line, &isTorn)
                state.withLock { $0.bytes -= line.count }
            }
            state.withLock { $0.isWriting = false }
        }
    }

    private func write(_ line: [UInt8], _ isTorn: inout Bool) {
        do {
            try output.write(isTorn ? Array("\n".utf8) + line : line)
            isTorn = false
        } catch {
            isTorn = isTorn || error.written > 0
            return state.withLock { $0.drop() }
        }
        let untold = state.withLock { state in
            defer { state.untold = 0 }
            return state.untold
        }
        if untold > 0, (try? output.write(report(untold))) == nil { state.withLock { $0.untold += untold } }
    }
}
