internal import CArchive

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The calls of libarchive that reading needs.
@safe final class ArchiveHandle {
    /// What became of a call.
    enum Status { case done, end, failed }

    struct Header {
        let name: String
        let size: Int?
        let isFile: Bool
        let isEncrypted: Bool
    }

    private let archive: OpaquePointer
    /// libarchive converts names to the encoding of the thread's locale, and drops those that it cannot convert; in the locale
    /// that a program starts with, these are all that are not ASCII.
    private let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "UTF-8", nil)
    /// libarchive keeps a pointer to it.
    private var source: ArchiveSource?

    /// Enables one format: with more, libarchive nests filters, runs other programs for some of them, and takes any file for a
    /// zip file that ends like one.
    ///
    /// - Parameter format: nil for a tar file without a mark.
    init(_ format: ArchiveFormat?) {
        guard let archive = unsafe archive_read_new() else { preconditionFailure("out of memory") }
        unsafe self.archive = archive
        switch format {
        case .zip: unsafe archive_read_support_format_zip(archive)
        case .sevenZip: unsafe archive_read_support_format_7zip(archive)
        default: unsafe archive_read_support_format_tar(archive)
        }
        if format?.isFilter == true { unsafe archive_read_support_format_raw(archive) }
        switch format {
        case .bzip2: unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_BZIP2)
        case .xz: unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_XZ)
        case .zstd: unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_ZSTD)
        case .lzma: unsafe archive_read_append_filter(archive, ARCHIVE_FILTER_LZMA)
        // This one reads its header when it is added, so that it has to be added by detection.
        case .compress: unsafe archive_read_support_filter_compress(archive)
        // `GzipDecoder` has decompressed it.
        case .gzip, .zip, .sevenZip, .tar, nil: break
        }
    }

    deinit {
        unsafe archive_read_free(archive)
        if let locale = unsafe locale { unsafe freelocale(locale) }
    }

    /// Opens a file that allows seeking.
    func open(_ file: InputFile) -> Status {
        status(unsafe archive_read_open_fd(archive, file.descriptor, 256 << 10))
    }

    /// Opens a stream.
    func open(_ source: ArchiveSource) -> Status {
        self.source = source
        let context = unsafe Unmanaged.passUnretained(source).toOpaque()
        return status(
            unsafe archive_read_open2(
                archive, context, nil,
                { _, context, place in
                    guard let context = unsafe context, let place = unsafe place else { return Int(ARCHIVE_FATAL) }
                    return unsafe Unmanaged<ArchiveSource>.fromOpaque(context).takeUnretainedValue().read(into: place)
                }, nil, nil))
    }

    func nextHeader() -> (Status, Header?) {
        let before = unsafe uselocale(locale)
        defer { unsafe uselocale(before) }
        var entry: OpaquePointer?
        let code = unsafe archive_read_next_header(archive, &entry)
        // A warning is about names in other encodings, times and owners.
        guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry = unsafe entry else { return (status(code), nil) }
        // The latter as it stands in the archive, where it cannot be converted.
        let name = unsafe archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        let isRegular = unsafe archive_entry_filetype(entry) & S_IFMT == S_IFREG
        let header = Header(
            name: unsafe name.map { unsafe String(cString: $0) } ?? "",
            size: unsafe archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil,
            isFile: unsafe isRegular && archive_entry_hardlink(entry) == nil,
            isEncrypted: unsafe archive_entry_is_encrypted(entry) != 0)
        return (.done, header)
    }

    /// Up to 1 MiB of the current file; empty at its end, nil on an error, which a checksum that differs is.
    func data() -> [UInt8]? {
        var count = 0
        let block = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
            count = unsafe archive_read_data(archive, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        return count < 0 ? nil : block
    }

    /// Decompresses a block of the current file, and forgets it.
    func passBlock() -> (Status, count: Int) {
        var (block, count, offset): (UnsafeRawPointer?, Int, Int64) = (nil, 0, 0)
        let code = unsafe archive_read_data_block(archive, &block, &count, &offset)
        return (status(code), code == ARCHIVE_OK ? count : 0)
    }

    /// Passes over the current file, without decompression where its compressed size is known.
    func skip() -> Status { status(unsafe archive_read_data_skip(archive)) }

    /// Whether a lone file is compressed.
    var isRaw: Bool { unsafe archive_format(archive) == ARCHIVE_FORMAT_RAW }
    var isZip: Bool { unsafe archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP }
    /// How many bytes the filter has read, or where in the file libarchive is.
    var consumed: Int { Int(unsafe archive_filter_bytes(archive, -1)) }
    /// How many bytes have come out of the filter.
    var produced: Int { Int(unsafe archive_filter_bytes(archive, 0)) }
    /// What the last call reports.
    var message: String? { unsafe archive_error_string(archive).map { unsafe String(cString: $0) } }

    private func status(_ code: CInt) -> Status {
        switch code {
        case ARCHIVE_OK: .done
        case ARCHIVE_EOF: .end
        default: .failed
        }
    }
}
