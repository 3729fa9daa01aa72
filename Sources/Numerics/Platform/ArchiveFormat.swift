/// A compressed file or an archive, recognized by its first bytes.
public enum ArchiveFormat: String, Sendable, CaseIterable {
    /// The name of a program, or of the ending of its files.
    case gzip, bzip2, xz, zstd, lzma, compress, zip, sevenZip, tar

    /// How many of a file's first bytes tell its format: the mark of a tar file stands at byte 257.
    public static let headCount = 262

    /// Recognizes a format that no text begins like.
    ///
    /// - Parameter head: the first `headCount` bytes, or all of a shorter file.
    /// - Returns: nil if the file is neither compressed nor an archive. A tar file from before POSIX has no mark and is not
    ///   recognized.
    public init?(head: [UInt8]) {
        func has(_ bytes: [UInt8], at start: Int = 0) -> Bool { head.dropFirst(start).starts(with: bytes) }
        // The digit is the size of blocks; behind it comes the mark of a block, or that of the end.
        let isBzip2 =
            has(Array("BZh".utf8))
            && (has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4) || has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4))
        if has([0x1F, 0x8B, 8]) {
            self = .gzip
        } else if isBzip2 {
            self = .bzip2
        } else if has([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) {
            self = .xz
        } else if has([0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if has([0x5D, 0, 0]) {
            self = .lzma
        } else if has([0x1F, 0x9D]) {
            self = .compress
        } else if has([0x50, 0x4B, 3, 4]) || has([0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if has([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            self = .sevenZip
        } else if has(Array("ustar".utf8), at: 257) {
            self = .tar
        } else {
            return nil
        }
    }

    /// Whether one stream is compressed, which may hold a tar file.
    var isFilter: Bool {
        switch self {
        case .zip, .sevenZip, .tar: false
        default: true
        }
    }
}
