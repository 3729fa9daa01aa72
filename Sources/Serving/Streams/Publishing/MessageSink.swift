public import Platform
import Synchronization

/// Where messages go: brokers, or lines of text.
public protocol MessageSink: Sendable {
    /// How many messages, counted from the first, are delivered for good.
    var confirmed: Int { get }
    /// Hands a message over.
    ///
    /// - Returns: false where there is no room for now.
    func send(_ message: PublishedMessage) throws -> Bool
    /// Waits until all are delivered.
    func flush(within patience: Duration) throws
}

/// JSON lines on standard output or in any other descriptor, such as for `kcat`.
public final class LineSink: MessageSink {
    private let output: OutputDescriptor
    private let lines = Mutex<(buffer: [UInt8], waiting: Int, written: Int)>(([], 0, 0))

    public init(_ output: OutputDescriptor = .standardOutput) { self.output = output }

    /// Writes what waits first.
    public var confirmed: Int {
        lines.withLock { lines in
            try? write(&lines)
            return lines.written
        }
    }

    public func send(_ message: PublishedMessage) throws -> Bool {
        try lines.withLock { lines in
            lines.buffer += Array((message.json ?? "null").utf8) + [UInt8(ascii: "\n")]
            lines.waiting += 1
            if lines.buffer.count >= 1 << 16 { try write(&lines) }
        }
        return true
    }

    public func flush(within patience: Duration) throws { try lines.withLock { try write(&$0) } }

    private func write(_ lines: inout (buffer: [UInt8], waiting: Int, written: Int)) throws {
        guard lines.waiting > 0 else { return }
        try output.write(lines.buffer)
        lines.written += lines.waiting
        lines.buffer.removeAll(keepingCapacity: true)
        lines.waiting = 0
    }
}
