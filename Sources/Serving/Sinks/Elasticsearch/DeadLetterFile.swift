import FileOutput
import Foundation
import Platform
import Synchronization

/// Where documents go that the server will never take: a line of JSON for each, behind what is there.
public final class DeadLetterFile: Sendable {
    public let path: String
    /// Who has it appends or removes. The file is opened for each, as a sweep may have put another in its place.
    private let turn = Mutex(())

    /// The file is made for the first letter, for its owner alone: documents say what people rated.
    public init(_ path: String) { self.path = path }

    /// - Throws: `OutputError` where the file cannot be written.
    public func append(_ letters: [DeadLetter]) throws {
        guard !letters.isEmpty else { return }
        let now = Int64(Date().timeIntervalSince1970)
        try turn.withLock { _ in
            do {
                let file = try Self.open(path)
                try file.write(contentsOf: Data(letters.flatMap { $0.line(at: now) }))
                try file.close()
            } catch let error as CocoaError {
                throw OutputError(
                    path: path, problem: "rejected documents cannot be written (\(error.localizedDescription))",
                    remedy: "Free disk space or name another place.")
            }
        }
    }

    /// Removes the letters of which the line meets a condition.
    func remove(where isRemoved: (ArraySlice<UInt8>) -> Bool) throws {
        try turn.withLock { _ in
            guard let bytes = FileManager.default.contents(atPath: path) else { return }
            let lines = Array(bytes).split(separator: UInt8(ascii: "\n"))
            let kept = lines.filter { !isRemoved($0) }
            guard kept.count < lines.count else { return }
            try OutputFile(path).write { writer throws(OutputError) in
                for line in kept { try writer.write(line + [UInt8(ascii: "\n")]) }
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
