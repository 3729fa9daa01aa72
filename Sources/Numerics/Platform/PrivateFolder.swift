public import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A temporary folder that its user alone can open, and that goes with the process.
///
/// It is locked for as long as it is used. So a later process can tell the folders of those that were killed, in whatever
/// container they ran, and systemd-tmpfiles leaves it alone.
public final class PrivateFolder: Sendable {
    /// Where it lies.
    public let url: URL
    private let descriptor: Int32

    /// Creates a folder with a name that nobody else has.
    ///
    /// - Parameter prefix: what its name begins with.
    /// - Throws: the system's error.
    public init(in parent: URL, prefix: String) throws(POSIXError) {
        // It gets its name when it is locked, so that nobody takes it for an abandoned one before.
        var template = parent.appendingPathComponent(".\(prefix)-XXXXXX").path.utf8CString.map { $0 }
        guard unsafe mkdtemp(&template) != nil else { throw Self.lastError }
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let descriptor = Self.opened(made) else { throw Self.lastError }
        self.descriptor = descriptor
        // Where a file system knows no locks, nobody can take it for abandoned either.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        url = parent.appendingPathComponent(String(made.dropFirst(parent.path.count).drop { "/.".contains($0) }))
        guard unsafe rename(made, url.path) == 0 else {
            let error = Self.lastError
            _ = unsafe rmdir(made)
            close(descriptor)
            throw error
        }
    }

    deinit {
        remove()
        close(descriptor)
    }

    /// Whether it is still there, and not another one in its place.
    public var exists: Bool {
        var (own, there) = (stat(), stat())
        return unsafe fstat(descriptor, &own) == 0 && lstat(url.path, &there) == 0
            && own.st_ino == there.st_ino && own.st_dev == there.st_dev
    }

    /// Removes it with all that is in it.
    public func remove() { if exists { try? FileManager.default.removeItem(at: url) } }

    /// Removes the folders of processes that have ended without doing so; never those of other users.
    public static func removeAbandoned(in parent: URL, prefix: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        where name.hasPrefix("\(prefix)-") {
            let url = parent.appendingPathComponent(name)
            guard let descriptor = opened(url.path) else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(at: url) }
            close(descriptor)
        }
    }

    /// A folder of this user, and no symbolic link.
    private static func opened(_ path: String) -> Int32? {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid() else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static var lastError: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
