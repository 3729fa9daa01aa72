internal import CArchive
public import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes an archive into memory, by libarchive: the same files in the same order give the same bytes.
@safe public final class ArchiveWriter {
    /// The form of an archive.
    public enum Format: Sendable {
        /// POSIX ustar compressed by gzip; users and groups have number 0 and no name.
        case gzippedTar
        /// Zip without compression, so that what files hold can be found in the bytes.
        case storedZip
    }

    /// 1980-01-01 in seconds since 1970: the first day that zip files know; some programs warn about 1970.
    public static let firstDay: Int64 = 315_532_800

    private let archive: OpaquePointer
    private let sink = ArchiveSink()
    private let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "UTF-8", nil)

    /// Begins an archive.
    ///
    /// - Throws: `ArchiveError`.
    public init(_ format: Format) throws(ArchiveError) {
        guard let archive = unsafe archive_write_new() else { preconditionFailure("out of memory") }
        unsafe self.archive = archive
        let context = unsafe Unmanaged.passUnretained(sink).toOpaque()
        let isReady =
            unsafe Self.set(format, of: archive) && archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK
            && archive_write_open(
                archive, context, nil,
                { _, context, bytes, count in
                    guard let context = unsafe context, let bytes = unsafe bytes else { return Int(ARCHIVE_FATAL) }
                    let sink = unsafe Unmanaged<ArchiveSink>.fromOpaque(context).takeUnretainedValue()
                    unsafe sink.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                }, nil) == ARCHIVE_OK
        guard isReady else { throw error }
    }

    private static func set(_ format: Format, of archive: OpaquePointer) -> Bool {
        switch format {
        case .gzippedTar:
            unsafe archive_write_set_format_ustar(archive) == ARCHIVE_OK
                && archive_write_add_filter_gzip(archive) == ARCHIVE_OK
                // Else the time of writing would be in its header.
                && archive_write_set_filter_option(archive, "gzip", "timestamp", nil) == ARCHIVE_OK
        case .storedZip:
            unsafe archive_write_set_format_zip(archive) == ARCHIVE_OK
                && archive_write_zip_set_compression_store(archive) == ARCHIVE_OK
        }
    }

    deinit {
        unsafe archive_write_free(archive)
        if let locale = unsafe locale { unsafe freelocale(locale) }
    }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - name: its path in the archive, relative.
    ///   - permissions: the bits of its mode.
    ///   - time: of its change, in seconds since 1970.
    /// - Throws: `ArchiveError`.
    public func add(
        _ name: String, _ bytes: Data, permissions: UInt16 = 0o644, time: Int64 = firstDay
    ) throws(ArchiveError) {
        let before = unsafe uselocale(locale)
        defer { _ = unsafe uselocale(before) }
        guard let entry = unsafe archive_entry_new() else { preconditionFailure("out of memory") }
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_set_pathname_utf8(entry, name)
        unsafe archive_entry_set_size(entry, Int64(bytes.count))
        unsafe archive_entry_set_filetype(entry, 0o100_000)
        unsafe archive_entry_set_perm(entry, mode_t(permissions))
        unsafe archive_entry_set_mtime(entry, time_t(time), 0)
        guard unsafe archive_write_header(archive, entry) == ARCHIVE_OK else { throw error }
        let written = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw error }
    }

    /// Ends the archive, to which nothing can be added then.
    ///
    /// - Returns: its bytes.
    /// - Throws: `ArchiveError`.
    public func finish() throws(ArchiveError) -> [UInt8] {
        guard unsafe archive_write_close(archive) == ARCHIVE_OK else { throw error }
        return sink.bytes
    }

    private var error: ArchiveError {
        .notWritten(
            reason: unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "no reason is known")
    }
}

/// What libarchive has written.
private final class ArchiveSink {
    var bytes: [UInt8] = []
}
