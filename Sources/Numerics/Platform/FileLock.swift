internal import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock that one process holds while it has a file open; the system releases it however the process ends.
///
/// The file holds the number of the process and is removed with the lock.
public final class FileLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Returns: nil where another holder has the lock.
    /// - Throws: the system's error where the file cannot be created.
    public init?(path: String) throws {
        while true {
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                return nil
            }
            // The holder before may have removed the file between the two calls.
            if let mine = FileIdentity(descriptor: descriptor), mine == FileIdentity(path: path) {
                self.path = path
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit {
        unsafe unlink(path)
        close(descriptor)
    }
}
