#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Renames a file or folder in one step. A file at the new path is replaced: at any moment there is the old one or the new.
///
/// Foundation can move and it can replace, but on Linux not in one step.
///
/// - Returns: nil, or what the system says is wrong.
public func renameReplacing(_ path: String, to newPath: String) -> String? {
    guard unsafe rename(path, newPath) != 0 else { return nil }
    return unsafe String(cString: strerror(errno))
}
