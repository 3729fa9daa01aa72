internal import CZlib

/// Bytes as one gzip file (RFC 1952), by zlib.
///
/// - Parameters:
///   - bytes: fewer than 4 GiB.
///   - level: 1 is the fastest, 9 the smallest. The default is 1: what goes over a network once is not worth more.
public func gzip(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8] {
    precondition(bytes.count < 1 << 32, "zlib counts in 32 bits")
    var stream = unsafe z_stream()
    // 16 asks for gzip, 15 for the largest window, 8 for the usual memory.
    let begun = unsafe deflateInit2_(
        &stream, level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(begun == Z_OK, "zlib cannot start: \(begun)")
    defer { unsafe deflateEnd(&stream) }
    var input = bytes
    let most = Int(unsafe deflateBound(&stream, UInt(bytes.count)))
    return unsafe [UInt8](unsafeUninitializedCapacity: most) { output, count in
        let ended = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = UInt32(input.count)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = UInt32(output.count)
            return unsafe deflate(&stream, Z_FINISH)
        }
        precondition(ended == Z_STREAM_END, "zlib ends with \(ended)")
        count = output.count - Int(unsafe stream.avail_out)
    }
}
