internal import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file or pipe that is open for reading by blocks.
final class InputFile {
    let descriptor: Int32
    /// The size of a regular file; nil for a pipe.
    let size: Int?

    /// - Throws: the system's error.
    init(path: String) throws {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        var status = stat()
        let isRegular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int(status.st_size) : nil
    }

    deinit { close(descriptor) }

    /// The first bytes of a regular file; what is next stays so.
    func head(_ count: Int) throws -> [UInt8] {
        try unsafe Self.bytes(upTo: count) { unsafe pread(descriptor, $0, count, 0) }
    }

    /// The next block; empty at the end.
    func next() throws -> [UInt8] { try Self.bytes(upTo: 256 << 10, from: descriptor) }

    /// The next block of a descriptor; empty at the end.
    static func bytes(upTo count: Int, from descriptor: Int32) throws -> [UInt8] {
        try unsafe bytes(upTo: count) { unsafe read(descriptor, $0, count) }
    }

    private static func bytes(upTo count: Int, _ read: (UnsafeMutablePointer<UInt8>?) -> Int) throws -> [UInt8] {
        try unsafe Array(unsafeUninitializedCapacity: count) { buffer, filled in
            var status = 0
            repeat { status = unsafe read(buffer.baseAddress) } while status < 0 && errno == EINTR
            guard status >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            filled = status
        }
    }
}
