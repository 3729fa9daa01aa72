internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Calls of the operating system, unsafe as calls of C are. `Platform` has its like, and links OpenSSL and libarchive, which a
/// worker does without.
public enum Descriptor {
    /// Bytes from standard input.
    public static func readInput(_ bytes: inout [UInt8], _ range: Range<Int>) throws(WorkerFailure) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                return unsafe read(STDIN_FILENO, part.baseAddress, part.count)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: wait(for: STDIN_FILENO, Int16(POLLIN))
            default: throw WorkerFailure(.brokenPipe, "cannot read the input: \(message(errno))")
            }
        }
    }

    /// Writes all bytes to standard output.
    public static func writeOutput(_ bytes: [UInt8]) throws(WorkerFailure) {
        try write(bytes, to: STDOUT_FILENO)
    }

    /// A line on standard error. Where nobody reads it, there is nobody to tell.
    public static func report(_ line: String) {
        try? write(Array("kindred-worker: \(line)\n".utf8), to: STDERR_FILENO)
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(WorkerFailure) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes[start...].withUnsafeBytes { unsafe Self.write(descriptor, $0) }
            if count >= 0 {
                start += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: wait(for: descriptor, Int16(POLLOUT))
            default: throw WorkerFailure(.brokenPipe, "cannot write the output: \(message(errno))")
            }
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// What the program does first: a write to a closed pipe fails instead of ending the program without a word.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Ends the program, with the code of a broken pipe, as soon as nobody reads its output any more: a task that was killed leaves
    /// no worker that computes on.
    public static func endWithReader() {
        DispatchQueue(label: "reader").async {
            while true {
                var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
                let count = unsafe poll(&output, 1, -1)
                guard count > 0 else { continue }
                if isDone.load(ordering: .acquiring) { return }
                if output.revents & Int16(POLLERR) != 0 {
                    report("nobody reads the output any more")
                    end(WorkerFailure.Code.brokenPipe.rawValue)
                }
                // Not a pipe.
                return
            }
        }
    }

    /// From now on the reader may go away.
    public static func letReaderGo() { isDone.store(true, ordering: .releasing) }

    private static let isDone = Atomic(false)

    /// Ends the program at once. What was written is with the operating system already.
    public static func end(_ code: Int32) -> Never { _exit(code) }

    private static func wait(for descriptor: Int32, _ events: Int16) {
        var waiting = pollfd(fd: descriptor, events: events, revents: 0)
        _ = unsafe poll(&waiting, 1, -1)
    }

    private static func message(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

/// The processors online.
var processorCount: Int { min(1024, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// The name and the version of the C library.
var systemLibrary: String {
    #if canImport(Glibc)
        var name = [CChar](repeating: 0, count: 64)
        guard unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count) > 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
        "Darwin"
    #endif
}
