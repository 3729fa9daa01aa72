import FileOutput
import Foundation
import Platform

/// A file of a source: on its own, in an archive, or a pipe.
public struct SourceFile: Sendable, Equatable {
    /// The path of the file, or of the archive; `-` for the standard input.
    public let path: String
    /// The name within the archive; nil for the only one, or for no archive.
    let member: String?

    init(_ path: String, member: String? = nil) {
        self.path = path
        self.member = member
    }

    /// The name in messages.
    var name: String { member.map { "\(path):\($0)" } ?? path }

    /// The name that tells what the file holds.
    var title: String { URL(fileURLWithPath: member ?? path).lastPathComponent }

    /// Whether the file is read once, from its start to its end.
    public var isPipe: Bool { FileKind.isPipe(path) }

    /// The bytes that are read in pieces, so that their share is known; 0 for an archive or a pipe.
    public var byteCount: Int {
        guard member == nil, !isPipe else { return 0 }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// How a file is opened.
    struct Opening: Sendable {
        /// As iconv knows it; nil for UTF-8, or UTF-16 where the text begins with its mark.
        var encoding: String?
        var limits = ArchiveLimits()
        /// What a line holds, for remedies.
        var expected = FileBytes.rowsExpected
        /// Whether the file may be mapped into memory.
        var maps = true
    }

    /// The text of the file, unpacked and in UTF-8 or in an encoding whose bytes tell it.
    func text(_ opening: Opening = Opening()) throws(InputError) -> RatingsText {
        if isPipe { return try pipedText(opening) }
        let file = try FileBytes(path: path, expected: opening.expected, maps: opening.maps)
        let head = Array(file.data.prefix(TextKind.headCount))
        if ArchiveFormat(head: Array(head.prefix(ArchiveFormat.headCount))) != nil {
            return try Self.text(of: try archiveStream(opening), name, opening)
        }
        switch try TextKind(head, path: path, encoding: opening.encoding) {
        case .plain: return .mapped(file)
        case .carriageReturns: return .stream(ByteStream(file).withLineFeeds, encoding: nil)
        case .encoded(let name): return .stream(try ByteStream(file).converted(from: name, path: path), encoding: name)
        }
    }

    /// The text of a file that is read as a whole, such as a catalog.
    func wholeText(
        expected: String, limits: ArchiveLimits = ArchiveLimits(), encoding: String? = nil, maps: Bool = true
    ) throws(InputError) -> FileBytes {
        switch try text(Opening(encoding: encoding, limits: limits, expected: expected, maps: maps)) {
        case .mapped(let file): return file
        case .stream(let stream, _):
            var bytes = Data()
            while case let block = try stream.next(), !block.isEmpty { bytes += block }
            return FileBytes(path: name, data: bytes)
        }
    }

    private func pipedText(_ opening: Opening) throws(InputError) -> RatingsText {
        guard let pipe = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw InputError(file: path, problem: "the pipe cannot be read", remedy: "Check its permissions.")
        }
        let raw = ByteStream(pipe, path: path)
        let head = try raw.next()
        guard !head.isEmpty else {
            throw InputError(
                file: path, problem: "nothing comes from the pipe", remedy: "Expected \(opening.expected).")
        }
        let whole = raw.following(head)
        guard ArchiveFormat(head: Array(head.prefix(ArchiveFormat.headCount))) != nil else {
            return try Self.text(of: whole, path, opening)
        }
        let reader = try archiveErrors(path) {
            try ArchiveReader(limits: opening.limits) { try whole.next() }
        }
        return try Self.text(of: try memberStream(reader), path, opening)
    }

    /// The text of a stream, by its first bytes.
    private static func text(
        of stream: ByteStream, _ name: String, _ opening: Opening
    ) throws(InputError) -> RatingsText {
        var head: [UInt8] = []
        while head.count < TextKind.headCount, case let block = try stream.next(), !block.isEmpty { head += block }
        let whole = stream.following(head)
        switch try TextKind(head, path: name, encoding: opening.encoding) {
        case .plain: return .stream(whole, encoding: nil)
        case .carriageReturns: return .stream(whole.withLineFeeds, encoding: nil)
        case .encoded(let encoding):
            return .stream(try whole.converted(from: encoding, path: name), encoding: encoding)
        }
    }

    private func archiveStream(_ opening: Opening) throws(InputError) -> ByteStream {
        try memberStream(archiveErrors(path) { try ArchiveReader(path: path, limits: opening.limits) })
    }

    /// The bytes of the member, or of the first file.
    private func memberStream(_ reader: ArchiveReader) throws(InputError) -> ByteStream {
        let (name, member) = (name, member)
        try archiveErrors(name) {
            while let found = try reader.next() {
                if member == nil || found.name == member { return }
            }
            throw ArchiveError.damaged(byte: 0, reason: "the archive holds no such file")
        }
        var isAtEnd = false
        return ByteStream { () throws(InputError) in
            guard !isAtEnd else { return [] }
            return try archiveErrors(name) {
                let block = try reader.read()
                isAtEnd = block.isEmpty
                // What damages the end of a file that is compressed alone is found there.
                if isAtEnd, member == nil { _ = try reader.next() }
                return block
            }
        }
    }
}

/// Runs what reads an archive, and says what is wrong with it.
func archiveErrors<Value>(_ name: String, _ body: () throws -> Value) throws(InputError) -> Value {
    do {
        return try body()
    } catch let error as InputError {
        throw error
    } catch let error as ArchiveError {
        switch error {
        case .expandsTooMuch, .tooLarge:
            throw InputError(
                file: name, problem: "the archive \(error)",
                remedy: "If you trust it, raise the limit.", topic: .unpacking)
        case .encrypted:
            throw InputError(file: name, problem: "the archive is \(error)", remedy: "Unpack it first.")
        default:
            throw InputError(
                file: name, problem: "the archive is \(error)", remedy: "Fetch it again, or unpack it first.")
        }
    } catch {
        throw InputError(file: name, problem: "reading failed: \(error)", remedy: "Check the file.")
    }
}

extension FileKind {
    /// Whether a path is read once, from its start to its end.
    package static func isPipe(_ path: String) -> Bool {
        if path == "-" { return true }
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard let type = attributes?[.type] as? FileAttributeType else { return false }
        return type != .typeRegular && type != .typeDirectory
    }
}
