public import FileOutput
import Foundation

/// What comes from a pipe, in a temporary file, for those who read it twice.
public struct PipeCopy: Sendable {
    /// The path of the file.
    public let path: String

    /// Copies a pipe to its end.
    ///
    /// - Parameter pipe: its path, or `-` for the standard input.
    public init(_ pipe: String) throws(InputError) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID().uuidString)")
        let file = folder.appendingPathComponent("ratings")
        path = file.path
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data().write(to: file)
            let output = try FileHandle(forWritingTo: file)
            defer { try? output.close() }
            guard let input = pipe == "-" ? .standardInput : FileHandle(forReadingAtPath: pipe) else {
                throw CocoaError(.fileReadNoPermission)
            }
            while let block = try input.read(upToCount: 1 << 20), !block.isEmpty { try output.write(contentsOf: block) }
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw InputError(
                file: pipe, problem: "it cannot be copied to \(folder.path): \(error.localizedDescription)",
                remedy: "Check the space there, or set TMPDIR to another folder.")
        }
    }

    /// Removes the file.
    public func remove() {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }
}
