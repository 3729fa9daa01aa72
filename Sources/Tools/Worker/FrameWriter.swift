/// Takes bytes of the output; returns when all are written.
public typealias ByteSink = (_ bytes: [UInt8]) throws(WorkerFailure) -> Void

/// Writes frames in sequence.
public struct FrameWriter {
    private let sink: ByteSink
    /// The frames written so far.
    public private(set) var count = 0

    /// Creates a writer. The sink gets the header and the payload of each frame in turn.
    public init(to sink: @escaping ByteSink) { self.sink = sink }

    /// Writes a frame.
    public mutating func write(_ frame: Frame) throws(WorkerFailure) {
        try sink(FrameHeader(kind: frame.kind.rawValue, payload: frame.payload, sequence: count).bytes)
        if !frame.payload.isEmpty { try sink(frame.payload) }
        count += 1
    }

    /// Writes a frame of a payload made of numbers.
    mutating func write(_ kind: FrameKind, _ payload: PayloadWriter) throws(WorkerFailure) {
        try write(Frame(kind, payload.bytes))
    }
}
