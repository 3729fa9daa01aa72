/// Fills a range of an array with the next bytes of the input, as many as there are, at least one.
///
/// - Returns: their number, or 0 at the end of the input.
public typealias ByteSource = (_ bytes: inout [UInt8], _ range: Range<Int>) throws(WorkerFailure) -> Int

/// Reads frames and refuses those that are damaged, lost or repeated.
public struct FrameReader {
    private let source: ByteSource
    private let limit: Int
    /// The frames read so far.
    public private(set) var count = 0

    /// - Parameter limit: the largest payload in bytes.
    public init(limit: Int = WorkerLimits().payload, from source: @escaping ByteSource) {
        self.source = source
        self.limit = limit
    }

    /// The next frame, or nil where the input ends between frames.
    ///
    /// - Throws: `WorkerFailure.Code.badInput` unless magic, kind, sequence, size and checksum are right,
    ///   `WorkerFailure.Code.brokenPipe` if the input ends inside the frame.
    public mutating func next() throws(WorkerFailure) -> Frame? {
        let headerBytes = WorkerProtocol.headerBytes
        var bytes = [UInt8](repeating: 0, count: headerBytes)
        let read = try fill(&bytes, 0..<headerBytes)
        if read == 0 { return nil }
        guard read == headerBytes else { throw cut("header", read, of: headerBytes) }
        let header = FrameHeader(bytes)
        let kind = try check(header)
        let payload = try payload(of: header, kind)
        let checksum = CRC32.checksum(payload.span)
        guard checksum == header.checksum else {
            throw .badInput(
                "frame \(count) (\(kind.name)): the checksum is \(hex(checksum)), the header says \(hex(header.checksum))"
            )
        }
        count += 1
        return Frame(kind, payload)
    }

    private func check(_ header: FrameHeader) throws(WorkerFailure) -> FrameKind {
        guard header.magic == WorkerProtocol.magic else {
            throw .badInput("frame \(count): begins with \(hex(header.magic)), not with \(hex(WorkerProtocol.magic))")
        }
        guard let kind = FrameKind(rawValue: header.kind) else {
            throw .badInput("frame \(count): unknown kind \(header.kind)")
        }
        guard header.sequence == UInt32(truncatingIfNeeded: count) else {
            throw .badInput("frame \(count) (\(kind.name)): its number is \(header.sequence)")
        }
        guard header.size <= UInt64(limit) else {
            throw .badInput("frame \(count) (\(kind.name)): \(header.size) bytes, above the limit of \(limit)")
        }
        return kind
    }

    /// Allocates as bytes arrive: a header may promise more than there is.
    private mutating func payload(of header: FrameHeader, _ kind: FrameKind) throws(WorkerFailure) -> [UInt8] {
        let size = Int(header.size)
        var payload: [UInt8] = []
        while payload.count < size {
            let start = payload.count
            let end = min(size, max(2 * start, 2 * WorkerProtocol.pieceBytes))
            payload.append(contentsOf: repeatElement(0, count: end - start))
            let read = try fill(&payload, start..<end)
            guard read == end - start else { throw cut(kind.name, start + read, of: size) }
        }
        return payload
    }

    private func fill(_ bytes: inout [UInt8], _ range: Range<Int>) throws(WorkerFailure) -> Int {
        var start = range.lowerBound
        while start < range.upperBound {
            let read = try source(&bytes, start..<range.upperBound)
            if read == 0 { break }
            start += read
        }
        return start - range.lowerBound
    }

    private func cut(_ part: String, _ read: Int, of size: Int) -> WorkerFailure {
        WorkerFailure(.brokenPipe, "frame \(count) (\(part)): the input ends after \(read) of \(size) bytes")
    }

    private func hex(_ word: UInt32) -> String {
        let digits = String(word, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
