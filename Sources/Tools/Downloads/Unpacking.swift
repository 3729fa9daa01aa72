import FileOutput
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
        // No system has longer names.
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) && $0.utf8.count < 256 }), name.utf8.count < 1_000
        else { throw .name(name) }
        let file = parts.reduce(folder) { $0.appendingPathComponent(String($1)) }
        // No member replaces another, nor takes it for a folder.
        var above = file.deletingLastPathComponent()
        while above.path.count > folder.path.count, FileKind(above.path) == .missing { above.deleteLastPathComponent() }
        guard FileKind(file.path) == .missing, FileKind(above.path) != .file else { throw .twice(name) }
        return file
    }
}

/// What is wrong with the content of an archive.
enum UnpackingError: Error, CustomStringConvertible {
    case name(String)
    case twice(String)
    case noFiles

    var description: String {
        switch self {
        case .name(let name): "the name \"\(name.prefix(100))\" in it leads out of its folder, or is too long"
        case .twice(let name): "the name \"\(name)\" in it is that of another file"
        case .noFiles: "there are no files in it"
        }
    }
}
