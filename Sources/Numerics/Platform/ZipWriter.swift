internal import CArchive
public import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes a zip file, by libarchive: the same files give the same bytes.
@safe public final class ZipWriter {
    private let archive: OpaquePointer
    private let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "UTF-8", nil)

    /// Begins a file; one that is there is replaced.
    ///
    /// - Parameter isCompressed: whether files are compressed; without it what they hold can be found in the bytes.
    /// - Throws: `ZipError`.
    public init(_ path: String, isCompressed: Bool = true) throws(ZipError) {
        guard let archive = unsafe archive_write_new() else { preconditionFailure("out of memory") }
        unsafe self.archive = archive
        let isReady =
            unsafe archive_write_set_format_zip(archive) == ARCHIVE_OK
            && (isCompressed || archive_write_zip_set_compression_store(archive) == ARCHIVE_OK)
            && archive_write_open_filename(archive, path) == ARCHIVE_OK
        guard isReady else { throw error }
    }

    deinit {
        unsafe archive_write_free(archive)
        if let locale = unsafe locale { unsafe freelocale(locale) }
    }

    /// Adds a file, which its owner alone may read.
    ///
    /// - Parameter time: seconds since 1970.
    /// - Throws: `ZipError`.
    public func add(_ name: String, _ bytes: Data, time: Int64) throws(ZipError) {
        let before = unsafe uselocale(locale)
        defer { _ = unsafe uselocale(before) }
        guard let entry = unsafe archive_entry_new() else { preconditionFailure("out of memory") }
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_set_pathname_utf8(entry, name)
        unsafe archive_entry_set_size(entry, Int64(bytes.count))
        unsafe archive_entry_set_filetype(entry, 0o100_000)
        unsafe archive_entry_set_perm(entry, 0o600)
        unsafe archive_entry_set_mtime(entry, time_t(time), 0)
        guard unsafe archive_write_header(archive, entry) == ARCHIVE_OK else { throw error }
        let written = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw error }
    }

    /// Ends the file.
    ///
    /// - Throws: `ZipError`.
    public func close() throws(ZipError) {
        guard unsafe archive_write_close(archive) == ARCHIVE_OK else { throw error }
    }

    private var error: ZipError {
        ZipError(
            message: unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "no reason is known")
    }
}

/// Why a zip file cannot be written.
public struct ZipError: Error, Equatable, CustomStringConvertible {
    /// The system's message.
    public let message: String

    /// - Parameter message: why, as the system says it.
    public init(message: String) { self.message = message }

    public var description: String { "the zip file cannot be written: \(message)" }
}
