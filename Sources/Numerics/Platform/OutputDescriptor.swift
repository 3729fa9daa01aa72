#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open descriptor that bytes are written to, such as standard error.
///
/// `FileHandle.write` stops the program where a write fails; this says so instead.
public struct OutputDescriptor: Sendable {
    /// What a program prints its results to.
    public static let standardOutput = OutputDescriptor(STDOUT_FILENO)
    /// What a program prints its messages to.
    public static let standardError = OutputDescriptor(STDERR_FILENO)

    private let number: Int32

    /// - Parameter number: stays open for as long as this is used.
    public init(_ number: Int32) { self.number = number }

    /// Why not all bytes were written.
    public struct Failure: Error, CustomStringConvertible {
        /// How many bytes were.
        public let written: Int
        let code: Int32

        /// Whether it is a pipe or a socket that nobody reads any more.
        public var isBrokenPipe: Bool { code == EPIPE }

        public var description: String { unsafe String(cString: strerror(code)) }
    }

    /// Writes all bytes and waits for as long as a reader takes to make room for them.
    public func write(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = writeOnce(bytes, from: written)
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                // Another program that shares the descriptor has made it one that does not wait.
                waitForRoom()
            } else if count == 0 || errno != EINTR {
                throw Failure(written: written, code: count == 0 ? EIO : errno)
            }
        }
    }

    private func writeOnce(_ bytes: [UInt8], from start: Int) -> Int {
        unsafe bytes[start...].withUnsafeBytes { [number] bytes in
            #if canImport(Glibc)
                unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
            #elseif canImport(Musl)
                unsafe Musl.write(number, bytes.baseAddress, bytes.count)
            #else
                unsafe Darwin.write(number, bytes.baseAddress, bytes.count)
            #endif
        }
    }

    private func waitForRoom() {
        var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waiting, 1, -1)
    }
}

/// What a program does first, so that no state of its standard streams ends it or destroys a file.
///
/// Signals that end a program whose write fails are ignored: the write fails and says why. A standard stream that is closed gets
/// a descriptor that takes nothing; otherwise the next file to be opened, a store perhaps, would get its number and all that is
/// printed.
public func prepareStandardStreams() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
        // The lowest number that is free, and those below are in use.
        _ = unsafe open("/dev/null", O_RDONLY)
    }
}
