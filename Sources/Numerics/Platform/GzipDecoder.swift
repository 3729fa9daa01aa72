internal import CZlib

/// Decompresses gzip by zlib, which verifies length and checksum; libarchive's own filter does not.
@safe final class GzipDecoder {
    /// How many bytes have come out.
    private(set) var produced = 0
    /// How many compressed bytes have gone in.
    var consumed: Int { delivered - (input.count - position) }

    private let source: () throws -> [UInt8]
    /// zlib keeps a pointer to it, so that it must stay where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    /// The first byte of `input` that zlib has not seen.
    private var position = 0
    private var delivered = 0
    private var isInMember = true

    /// - Parameter source: the next compressed bytes; empty at the end.
    init(_ source: @escaping () throws -> [UInt8]) {
        self.source = source
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 16 asks for gzip, 15 for the largest window.
        let status = unsafe inflateInit2_(stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// The next block of up to 256 KiB; empty at the end. Several gzip files in a row are one.
    func next() throws -> [UInt8] {
        let block = try unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, filled in
            while filled < buffer.count, try beginMember() {
                filled += try unsafe inflate(into: .init(rebasing: buffer[filled...]))
            }
        }
        produced += block.count
        return block
    }

    /// Sees to it that there is input of a member.
    ///
    /// - Returns: whether there is more.
    private func beginMember() throws -> Bool {
        while true {
            if position == input.count {
                (input, position) = (try source(), 0)
                delivered += input.count
            }
            guard position < input.count else {
                guard !isInMember else { throw ArchiveError.damaged(byte: consumed, reason: "the file is incomplete") }
                return false
            }
            if isInMember { return true }
            switch input[position] {
            case 0:
                // Tapes and block devices fill their last block.
                position += 1
            case 0x1F:
                isInMember = true
                _ = unsafe inflateReset(stream)
            default:
                throw ArchiveError.damaged(byte: consumed, reason: "what follows the compressed data is not gzip")
            }
        }
    }

    /// - Returns: how many bytes were written.
    private func inflate(into buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
        let status = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress?.advanced(by: position)
            unsafe stream.pointee.avail_in = UInt32(input.count - position)
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(buffer.count)
            return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        }
        position = input.count - Int(unsafe stream.pointee.avail_in)
        switch status {
        case Z_OK: break
        case Z_STREAM_END: isInMember = false
        default:
            let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            throw ArchiveError.damaged(byte: consumed, reason: reason ?? "zlib reports \(status)")
        }
        return buffer.count - Int(unsafe stream.pointee.avail_out)
    }
}
