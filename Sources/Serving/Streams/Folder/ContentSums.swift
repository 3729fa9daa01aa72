import Foundation
import Platform

/// What the bytes of a file are, and what its first ones are: read block by block, and never mapped.
struct ContentSums {
    /// SHA-256, in hexadecimal.
    private(set) var whole = ""
    private(set) var count = 0
    private(set) var lineCount = 0
    private(set) var endsLine = false
    private(set) var isCompressed = false
    /// SHA-256 of the first bytes, and whether they are whole lines; nil where the file has fewer.
    private(set) var beginning: (checksum: String, endsLine: Bool)?

    /// - Parameter first: the number of first bytes.
    /// - Throws: the system's error.
    init(_ path: String, first: Int) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let checksum = Checksum()
        while true {
            // The first bytes end a block.
            let next = count < first ? min(Self.blockSize, first - count) : Self.blockSize
            guard let block = try file.read(upToCount: next), !block.isEmpty else { break }
            if count == 0 { isCompressed = ArchiveFormat(head: Array(block.prefix(ArchiveFormat.headCount))) != nil }
            checksum.update(block)
            count += block.count
            lineCount += block.count { $0 == UInt8(ascii: "\n") }
            endsLine = block.last == UInt8(ascii: "\n") || block.last == UInt8(ascii: "\r")
            if count == first { beginning = (checksum.soFar(), endsLine) }
        }
        whole = checksum.finish().hexadecimal
    }

    private static let blockSize = 1 << 20
}
