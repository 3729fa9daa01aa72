internal import CArchive

/// Hands the blocks of a closure to libarchive, and keeps the error that the closure throws.
@safe final class ArchiveSource {
    private let next: () throws -> [UInt8]
    /// libarchive reads the bytes of a block until it asks for the next one.
    private var buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256 << 10)
    /// How many bytes were handed over.
    private var delivered = 0
    private(set) var error: (any Error)?

    init(_ next: @escaping () throws -> [UInt8]) { self.next = next }

    deinit { unsafe buffer.deallocate() }

    /// What libarchive calls for the next block.
    func read(into place: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            let block = try next()
            if unsafe block.count > buffer.count {
                unsafe buffer.deallocate()
                unsafe buffer = .allocate(capacity: block.count)
            }
            _ = unsafe buffer.update(fromContentsOf: block)
            delivered += block.count
            unsafe place.pointee = unsafe UnsafeRawPointer(buffer.baseAddress)
            return block.count
        } catch {
            self.error = error
            return Int(ARCHIVE_FATAL)
        }
    }

    /// Whether anything follows what libarchive has used.
    func hasMore(after used: Int) throws -> Bool { try delivered > used || !next().isEmpty }
}
