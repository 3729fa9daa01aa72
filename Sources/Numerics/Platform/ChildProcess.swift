import Dispatch
public import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that takes bytes on standard input and answers on standard output; its messages are lost.
///
/// Foundation's `Process` needs a run loop, and stops this program where descriptors run out.
public final class ChildProcess: Sendable {
    /// How it ended.
    public enum Ending: Sendable, Equatable {
        /// By itself, with this code.
        case exited(Int32)
        /// By a signal.
        case killed
    }

    private static let starting = NSLock()
    private let id: pid_t
    private let input: Int32
    private let output: Int32
    private let hasEnded = Mutex(false)

    /// Starts a program.
    ///
    /// - Parameter command: its path and its arguments.
    /// - Throws: the system's error.
    public init(_ command: [String]) throws(POSIXError) {
        // One at a time, so that none gets the pipes of another.
        Self.starting.lock()
        defer { Self.starting.unlock() }
        let toChild = try Self.pipe()
        let fromChild: (read: Int32, write: Int32)
        do { fromChild = try Self.pipe() } catch {
            close(toChild.read)
            close(toChild.write)
            throw error
        }
        defer {
            close(toChild.read)
            close(fromChild.write)
        }
        do { id = try Self.spawn(command, input: toChild.read, output: fromChild.write) } catch {
            close(toChild.write)
            close(fromChild.read)
            throw error
        }
        (input, output) = (toChild.write, fromChild.read)
    }

    /// Ends it at once, if it has not ended; for another thread than that which waits.
    public func kill() {
        hasEnded.withLock { if !$0 { _ = Self.send(SIGKILL, to: id) } }
    }

    /// Gives it its input, and waits for all of its output and its end. Called once.
    ///
    /// - Parameter limit: bytes of output beyond which it is ended.
    public func answer(to bytes: [UInt8], limit: Int) -> (output: [UInt8], ending: Ending) {
        // On a thread of its own, for a program may answer before it has read all. Where it has ended, so has its answer.
        DispatchQueue(label: "input of a process").async { [input] in
            try? OutputDescriptor(input).write(bytes)
            close(input)
        }
        var answer: [UInt8] = []
        while let part = try? InputFile.bytes(upTo: 1 << 16, from: output), !part.isEmpty {
            answer += part
            if answer.count > limit { kill() }
        }
        close(output)
        return (answer, wait())
    }

    private func wait() -> Ending {
        var status: Int32 = 0
        // The id stays its own until it is waited for: first for its end alone, so that nobody kills a later process.
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        hasEnded.withLock { hasEnded in
            hasEnded = true
            while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed
    }

    // MARK: Calls of C

    private static func pipe() throws(POSIXError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
            let status = unsafe Glibc.pipe(&ends)
        #elseif canImport(Musl)
            let status = unsafe Musl.pipe(&ends)
        #else
            let status = unsafe Darwin.pipe(&ends)
        #endif
        guard status == 0 else { throw error(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(_ command: [String], input: Int32, output: Int32) throws(POSIXError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Connections of this process would stay open for as long as the other runs.
        for descriptor in openDescriptors where descriptor > STDERR_FILENO {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { for index in 0..<command.count { unsafe free(arguments[index]) } }
        var id: pid_t = 0
        let status = unsafe posix_spawn(&id, command.first ?? "", &actions, nil, &arguments, environ)
        guard status == 0 else { throw error(status) }
        return id
    }

    private static var openDescriptors: [Int32] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")
        return (names ?? []).compactMap { Int32($0) }
    }

    private static func send(_ signal: Int32, to id: pid_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(id, signal)
        #elseif canImport(Musl)
            Musl.kill(id, signal)
        #else
            Darwin.kill(id, signal)
        #endif
    }

    private static func error(_ code: Int32) -> POSIXError { POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
}
