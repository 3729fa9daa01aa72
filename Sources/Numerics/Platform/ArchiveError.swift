/// Why an archive cannot be read or written.
public enum ArchiveError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first bytes are those of no format that is read.
    case notAnArchive
    /// The data are corrupt or incomplete.
    ///
    /// About `byte` bytes of the file come before the damage.
    case damaged(byte: Int, reason: String)
    /// The member needs a password; nil if even the names do.
    case encrypted(member: String?)
    /// A method of compression, or a kind of archive, that libarchive cannot read, or not from a pipe.
    case unsupported(reason: String)
    /// The data expand beyond `ArchiveLimits.maximumRatio`.
    case expandsTooMuch(compressed: Int, uncompressed: Int, maximumRatio: Int)
    /// The data expand beyond `ArchiveLimits.maximumBytes`.
    case tooLarge(uncompressed: Int, maximumBytes: Int)
    /// libarchive refuses what an archive should hold.
    case notWritten(reason: String)

    public var description: String {
        switch self {
        case .notAnArchive:
            "not an archive of a known format"
        case .damaged(let byte, let reason):
            "damaged near byte \(byte): \(reason)"
        case .encrypted(let member):
            member.map { "\($0) is encrypted" } ?? "encrypted"
        case .unsupported(let reason):
            "cannot be read: \(reason)"
        case .expandsTooMuch(let compressed, let uncompressed, let maximum):
            """
            \(compressed) compressed bytes expand to \(uncompressed) or more, a ratio of \
            \(uncompressed / max(1, compressed)); the limit is \(maximum)
            """
        case .tooLarge(let uncompressed, let maximum):
            "expands to \(uncompressed) bytes or more; the limit is \(maximum)"
        case .notWritten(let reason):
            "cannot be written: \(reason)"
        }
    }
}
