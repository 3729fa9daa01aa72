/// How far compressed data may expand: a guard against small files that never end (zip bombs).
public struct ArchiveLimits: Sendable, Equatable {
    /// Maximum ratio of uncompressed to compressed bytes. The default is 200.
    ///
    /// Ratings compress by 3 to 10, the most regular tables by some 50. Deflate cannot exceed 1,032, the ratio of a file of
    /// zeros; bzip2, xz and zstd exceed a million. It counts from `freeBytes` on.
    public var maximumRatio: Int
    /// Maximum number of uncompressed bytes. The default is 1 TiB, more rows than fit into memory.
    public var maximumBytes: Int

    /// Data of up to 64 MiB have any ratio: reading them takes less than a second, and small tests often repeat one row.
    public static let freeBytes = 64 << 20

    /// Creates limits.
    public init(maximumRatio: Int = 200, maximumBytes: Int = 1 << 40) {
        self.maximumRatio = maximumRatio
        self.maximumBytes = maximumBytes
    }

    func check(uncompressed: Int, compressed: Int) throws(ArchiveError) {
        if uncompressed > maximumBytes {
            throw .tooLarge(uncompressed: uncompressed, maximumBytes: maximumBytes)
        }
        if uncompressed > Self.freeBytes, uncompressed / max(1, compressed) >= maximumRatio {
            throw .expandsTooMuch(compressed: compressed, uncompressed: uncompressed, maximumRatio: maximumRatio)
        }
    }
}
