/// A frame of the protocol: a kind and its payload.
public struct Frame: Sendable, Equatable {
    /// What the payload means.
    public let kind: FrameKind
    /// At most 1 GiB.
    public let payload: [UInt8]

    /// Creates a frame.
    public init(_ kind: FrameKind, _ payload: [UInt8] = []) {
        self.kind = kind
        self.payload = payload
    }

    /// Header and payload as they are sent.
    ///
    /// - Parameter sequence: the number of frames sent before this one.
    public func bytes(sequence: Int) -> [UInt8] {
        FrameHeader(kind: kind.rawValue, payload: payload, sequence: sequence).bytes + payload
    }
}

/// The header of a frame: 24 bytes, little-endian.
struct FrameHeader {
    let magic: UInt32
    let kind: UInt32
    /// The size of the payload in bytes.
    let size: UInt64
    let checksum: UInt32
    let sequence: UInt32

    init(kind: UInt32, payload: [UInt8], sequence: Int) {
        magic = WorkerProtocol.magic
        self.kind = kind
        size = UInt64(payload.count)
        checksum = CRC32.checksum(payload.span)
        self.sequence = UInt32(truncatingIfNeeded: sequence)
    }

    /// - Parameter bytes: as many as a header has.
    init(_ bytes: [UInt8]) {
        let words = bytes.numbers(UInt32.self, from: 0, count: WorkerProtocol.headerBytes / 4)
        (magic, kind) = (words[0], words[1])
        size = UInt64(words[3]) << 32 | UInt64(words[2])
        (checksum, sequence) = (words[4], words[5])
    }

    var bytes: [UInt8] {
        let words = [magic, kind, UInt32(truncatingIfNeeded: size), UInt32(size >> 32), checksum, sequence]
        var bytes: [UInt8] = []
        bytes.append(numbers: words[...])
        return bytes
    }
}
