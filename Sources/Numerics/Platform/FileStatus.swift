#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a folder says of a file: by two of them that are equal one tells that nobody wrote to it in between.
public struct FileStatus: Hashable, Sendable {
    /// What lies at a path; a symbolic link is not followed.
    public enum Kind: Sendable {
        /// A regular file.
        case file
        /// A folder.
        case folder
        /// A symbolic link.
        case link
        /// A pipe, a socket or a device.
        case other
    }

    /// What lies there.
    public let kind: Kind
    /// The number of the file within its file system, which a new name does not change.
    public let inode: Int64
    /// In bytes.
    public let size: Int
    /// When it was last written to, in nanoseconds since 1970.
    public let modified: Int64
    /// Who may read and write it, as `chmod` numbers it.
    public let permissions: Int

    /// - Returns: nil where there is nothing, or nothing that can be looked at.
    public init?(path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        inode = Int64(truncatingIfNeeded: status.st_ino)
        size = Int(status.st_size)
        permissions = Int(status.st_mode & 0o7777)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
