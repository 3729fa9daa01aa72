import Foundation
import Platform

/// Unpacks the regular files of an archive into a folder of its own. Links and devices are passed over.
struct Unpacking {
    let archive: URL
    let folder: URL
    let limits: ArchiveLimits

    /// - Throws: `ArchiveError` for what is damaged or too large, `UnpackingError` for names and an empty archive, and the
    ///   system's errors.
    func run() throws {
        let reader = try ArchiveReader(path: archive.path, limits: limits)
        var count = 0
        while let member = try reader.next() {
            let file = try place(of: member.name ?? "")
            if let size = member.size, size > limits.maximumBytes {
                throw ArchiveError.tooLarge(uncompressed: size, maximumBytes: limits.maximumBytes)
            }
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            // No member replaces another.
            try Data().write(to: file, options: .withoutOverwriting)
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            while case let block = try reader.read(), !block.isEmpty { try handle.write(contentsOf: block) }
            count += 1
        }
        if count == 0 { throw UnpackingError.noFiles }
    }

    /// Where a member goes: never outside the folder.
    private func place(of name: String) throws(UnpackingError) -> URL {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) }) else { throw .name(name) }
        return parts.reduce(folder) { $0.appendingPathComponent(String($1)) }
    }
}

/// What is wrong with the content of an archive.
enum UnpackingError: Error, CustomStringConvertible {
    case name(String)
    case noFiles

    var description: String {
        switch self {
        case .name(let name): "the name \"\(name)\" in it leads out of its folder"
        case .noFiles: "there are no files in it"
        }
    }
}
