#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Renames a file or folder atomically. A file at the new path is replaced: at any moment either the old or the new one
/// exists.
///
/// Foundation can move and replace, but not atomically on Linux.
///
/// - Returns: nil, or the system's error.
public func renameReplacing(_ path: String, to newPath: String) -> String? {
    guard unsafe rename(path, newPath) != 0 else { return nil }
    return unsafe String(cString: strerror(errno))
}
