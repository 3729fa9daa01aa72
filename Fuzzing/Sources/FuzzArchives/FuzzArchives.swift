import Foundation
import FuzzSupport
import Platform

/// Compressed files and archives. An input is such a file.
///
/// - Whatever it is, it is read or refused by an error that a user can read, within the limits.
/// - A compressed file is the same from a pipe, in blocks of any size.
/// - Members are the same whether those before them were read or passed over.
@main
enum FuzzArchives {
    /// Small, so that many inputs are tried.
    private static let limits = ArchiveLimits(maximumBytes: 1 << 20)
    /// What a block may add beyond the limit.
    private static let mostBytes = limits.maximumBytes + 1 << 20

    static func main() { fuzz(test) }

    private static func test(_ input: [UInt8]) -> Verdict {
        let path = write("archive", input)
        let file = Outcome { try ArchiveReader(path: path, limits: limits) }
        let size = 1 + input.count % 300
        var rest = input[...]
        let pipe = Outcome {
            try ArchiveReader(limits: limits) {
                defer { rest = rest.dropFirst(size) }
                return Array(rest.prefix(size))
            }
        }
        let format = ArchiveFormat(head: input)
        // A 7z file cannot be read from a pipe. A zip file has two lists of its members, at its end and between them, and the
        // size of each twice: where they differ, so may the results.
        if format != .zip, format != .sevenZip { requireEqual(file.members, pipe.members, "file and pipe") }
        let passed = Outcome(readingContents: false) { try ArchiveReader(path: path, limits: limits) }
        if format != .zip, passed.error == nil, file.error == nil {
            requireEqual(passed.members.map(\.name), file.members.map(\.name), "read and passed over")
        }
        return .done
    }

    private struct Content: Equatable {
        let name: String?
        var bytes: [UInt8] = []
    }

    /// What could be read, and the error that ended it.
    private struct Outcome {
        private(set) var members: [Content] = []
        private(set) var error: ArchiveError?

        init(readingContents: Bool = true, _ open: () throws -> ArchiveReader) {
            var count = 0
            do {
                let reader = try open()
                while let member = try reader.next() {
                    members.append(Content(name: member.name))
                    while readingContents, case let block = try reader.read(), !block.isEmpty {
                        members[members.count - 1].bytes += block
                        count += block.count
                        if count > mostBytes { fatalError("\(count) bytes, more than the limit") }
                    }
                }
            } catch let error as ArchiveError {
                self.error = error
            } catch {
                fatalError("an error that no user can read: \(error)")
            }
        }
    }
}
