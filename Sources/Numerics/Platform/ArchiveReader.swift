/// Reads compressed files and archives by libarchive, in constant memory: zip, tar, 7z, and files by gzip, bzip2, xz, zstd,
/// lzma and compress, which may hold a tar file.
///
/// Read until `next` returns nil: damage at the end of a file is found there. One thread at a time may use a reader; after an
/// error, each call throws it again.
public final class ArchiveReader {
    /// A file in an archive. Folders, links and devices are passed over.
    public struct Member: Sendable, Equatable {
        /// Its path as the archive has it, which may be absolute or lead upwards: never write there. Nil for a file that is
        /// compressed alone.
        public let name: String?
        /// The size that the archive declares, if it does.
        public let size: Int?
    }

    /// What the first bytes were recognized as.
    public let format: ArchiveFormat?

    private let handle: ArchiveHandle
    private let gzip: GzipDecoder?
    private let source: ArchiveSource?
    /// Keeps the descriptor open that libarchive reads.
    private let file: InputFile?
    private let limits: ArchiveLimits
    private let compressedCount: () -> Int

    private var member: (Member, isEncrypted: Bool)?
    /// How many bytes of members were read or passed over.
    private var memberBytes = 0
    private var failure: (any Error)?

    /// Opens a file, or a pipe that has a path.
    ///
    /// - Throws: the system's error, or `ArchiveError`.
    public convenience init(path: String, limits: ArchiveLimits = ArchiveLimits()) throws {
        let file = try InputFile(path: path)
        guard let size = file.size else {
            try self.init(limits: limits, source: file.next)
            return
        }
        let format = ArchiveFormat(head: try file.head(ArchiveFormat.headCount))
        // What is not a stream is read through its descriptor: a zip file from its end, a 7z file in any order.
        try self.init(
            format, limits, file, compressedCount: { size }, source: format?.isFilter == true ? file.next : nil)
    }

    /// Opens a stream. A 7z file cannot be read as one.
    ///
    /// - Parameters:
    ///   - outer: the archive that the stream is a member of, if any: the limits then count the compressed bytes of that.
    ///   - source: the next bytes, a block of any size; empty at the end.
    /// - Throws: what `source` throws, or `ArchiveError`.
    public convenience init(
        limits: ArchiveLimits = ArchiveLimits(), inside outer: ArchiveReader? = nil,
        source: @escaping () throws -> [UInt8]
    ) throws {
        var head: [UInt8] = []
        while head.count < ArchiveFormat.headCount {
            let block = try source()
            if block.isEmpty { break }
            head += block
        }
        let format = ArchiveFormat(head: head)
        guard format != .sevenZip else {
            throw ArchiveError.unsupported(
                reason: "a 7z file can be read from a disk only, not from a pipe or an archive")
        }
        var first: [UInt8]? = head
        var delivered = 0
        try self.init(
            format, limits, nil, compressedCount: outer?.compressedCount ?? { delivered },
            source: {
                let block = try first.take() ?? source()
                delivered += block.count
                return block
            })
    }

    private init(
        _ format: ArchiveFormat?, _ limits: ArchiveLimits, _ file: InputFile?, compressedCount: @escaping () -> Int,
        source: (() throws -> [UInt8])?
    ) throws {
        let gzip = format == .gzip ? source.map(GzipDecoder.init) : nil
        // In some archives libarchive passes over much that is in no member, so that the limits hold here, too.
        let decompressed = gzip.map { gzip in
            {
                let block = try gzip.next()
                try limits.check(uncompressed: gzip.produced, compressed: compressedCount())
                return block
            }
        }
        (self.format, self.limits, self.file, self.gzip) = (format, limits, file, gzip)
        self.compressedCount = compressedCount
        self.source = (decompressed ?? source).map(ArchiveSource.init)
        handle = ArchiveHandle(format)
        let status = self.source.map(handle.open) ?? file.map(handle.open)
        if status == .failed { throw failed() }
    }
}

extension ArchiveReader {
    /// Moves to the next file, past what is left of the current one; nil at the end.
    public func next() throws -> Member? {
        try repeatingErrors {
            if let (left, _) = member { try skip(left.size) }
            member = nil
            while true {
                let (status, header) = handle.nextHeader()
                if status == .failed { throw failed() }
                try checkLimits()
                guard let header else { break }
                if header.isFile {
                    let found = Member(name: handle.isRaw ? nil : header.name, size: header.size)
                    member = (found, header.isEncrypted)
                    return found
                }
                try skip(header.size)
            }
            // The checksum of a compressed tar file comes after the last member.
            while let gzip, try !gzip.next().isEmpty { try checkLimits() }
            return nil
        }
    }

    /// The next block of the current member, up to 1 MiB; empty at its end.
    public func read() throws -> [UInt8] {
        try repeatingErrors {
            guard let (member, isEncrypted) = member else { return [] }
            if isEncrypted { throw ArchiveError.encrypted(member: member.name) }
            guard let block = handle.data() else { throw failed() }
            memberBytes += block.count
            try checkLimits()
            if block.isEmpty { try checkEnd() }
            return block
        }
    }

    /// Passes over the rest of a member of a size.
    private func skip(_ size: Int?) throws {
        if format != .sevenZip, format?.isFilter != true, !handle.isZip || size != nil {
            if handle.skip() == .failed { throw failed() }
            return
        }
        // What must be decompressed counts, for it takes as long as if it were read.
        while true {
            let (status, count) = handle.passBlock()
            if status == .failed { throw failed() }
            if status == .end { return try checkEnd() }
            memberBytes += count
            try checkLimits()
        }
    }

    /// libarchive ends a compressed file where what follows is not compressed, and does not say so.
    private func checkEnd() throws {
        guard handle.isRaw, gzip == nil, let source, try source.hasMore(after: handle.consumed) else { return }
        throw ArchiveError.damaged(byte: handle.consumed, reason: "what follows the compressed data is not compressed")
    }

    private func checkLimits() throws {
        let uncompressed = max(memberBytes, gzip?.produced ?? handle.produced)
        try limits.check(uncompressed: uncompressed, compressed: compressedCount())
    }

    private func repeatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }

    /// The error of the last call.
    private func failed() -> any Error {
        if let error = source?.error { return error }
        guard let reason = handle.message else {
            return ArchiveError.damaged(byte: gzip?.consumed ?? handle.consumed, reason: "the file is incomplete")
        }
        // libarchive has no codes for these.
        func says(_ words: String...) -> Bool { words.contains(where: reason.contains) }
        if says("Unrecognized archive format") {
            guard let format, format.isFilter else { return ArchiveError.notAnArchive }
            return ArchiveError.damaged(byte: 0, reason: "no \(format) data come out: the file is empty or incomplete")
        }
        if says("ncrypt", "rypto", "assphrase") { return ArchiveError.encrypted(member: member?.0.name) }
        if says("nsupported", "not supported", "emory") { return ArchiveError.unsupported(reason: reason) }
        return ArchiveError.damaged(byte: gzip?.consumed ?? handle.consumed, reason: reason)
    }
}
