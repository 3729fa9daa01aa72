#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Creates an empty file that its owner alone may read and write; the umask may take more away.
///
/// Foundation creates files for everybody and restricts them afterwards, whatever the umask.
///
/// - Returns: nil, or the system's error, as where there is such a file already: that one is left as it is.
public func createPrivateFile(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return unsafe String(cString: strerror(errno)) }
    close(descriptor)
    return nil
}
