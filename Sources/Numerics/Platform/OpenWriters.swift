#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whether a process has a file open for writing.
///
/// Linux grants a lease to read (fcntl(2), `F_SETLEASE`) where nobody has; it is given back at once. A writer that opens the file
/// in between waits for that, and the signal that asks for the lease is ignored.
///
/// - Returns: nil where the system does not say: for files of other users, network file systems, macOS.
public func isOpenForWriting(_ path: String) -> Bool? {
    #if os(Linux)
        let setLease: Int32 = 1_024
        _ = ignoresLeaseSignals
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if fcntl(descriptor, setLease, Int32(F_RDLCK)) == 0 {
            _ = fcntl(descriptor, setLease, Int32(F_UNLCK))
            return false
        }
        return errno == EAGAIN ? true : nil
    #else
        return nil
    #endif
}

#if os(Linux)
    /// It would end the process.
    private let ignoresLeaseSignals: Void = { signal(SIGIO, SIG_IGN) }()
#endif
