import FileOutput
import Foundation
import Platform
import Synchronization

/// Where documents go that the server will never take: a line of JSON for each, behind what is there.
public final class DeadLetterFile: Sendable {
    public let path: String
    private let file = Mutex<FileHandle?>(nil)

    /// The file is made for the first letter, for its owner alone: documents say what people rated.
    public init(_ path: String) { self.path = path }

    /// - Throws: `OutputError` where the file cannot be written.
    public func append(_ letters: [DeadLetter]) throws {
        guard !letters.isEmpty else { return }
        try file.withLock { file in
            do {
                let open = try file ?? Self.open(path)
                file = open
                try open.write(contentsOf: Data(letters.flatMap(\.line)))
            } catch let error as CocoaError {
                throw OutputError(
                    path: path, problem: "rejected documents cannot be written (\(error.localizedDescription))",
                    remedy: "Free disk space or name another place.")
            }
        }
    }

    private static func open(_ path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) { _ = createPrivateFile(path) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        return handle
    }
}
