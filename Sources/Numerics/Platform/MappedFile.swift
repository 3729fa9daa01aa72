public import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a file: memory-mapped, or read if it is a pipe or cannot be mapped.
public final class MappedFile: Sendable {
    /// The bytes of the file.
    public let data: Data
    /// The open file, if mapped.
    private let descriptor: Int32?
    /// Evicts mapped bytes from memory.
    private let discard: @Sendable (_ start: Int, _ count: Int) -> Void

    /// - Parameter maps: false for a file that others may truncate meanwhile: its bytes are read instead, for reading mapped bytes
    ///   beyond its end would kill the process.
    /// - Throws: the system's error.
    public init(path: String, maps: Bool = true) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let size = Self.size(of: descriptor)
        if maps, size > 0, let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe start != MAP_FAILED
        {
            data = unsafe Data(
                bytesNoCopy: start, count: size, deallocator: .custom { start, size in unsafe munmap(start, size) })
            self.descriptor = descriptor
            // `data` keeps the mapping alive as long as this can be called.
            nonisolated(unsafe) let mapping = unsafe start
            discard = { _ = unsafe madvise(mapping + $0, $1, MADV_DONTNEED) }
        } else {
            self.descriptor = nil
            discard = { _, _ in }
            data = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd() ?? Data()
        }
    }

    deinit { if let descriptor { close(descriptor) } }

    /// Whether the file still has all its bytes. Reading mapped bytes beyond its end would kill the process.
    public var isWhole: Bool { descriptor.map { Self.size(of: $0) >= data.count } ?? true }

    /// Releases the memory of bytes that were used; they are paged in again when needed.
    public func release(_ range: Range<Int>) {
        guard descriptor != nil else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        if start < end { discard(start, end - start) }
    }

    /// The size of a regular file, 0 for anything else.
    private static func size(of descriptor: Int32) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int(status.st_size)
    }
}
