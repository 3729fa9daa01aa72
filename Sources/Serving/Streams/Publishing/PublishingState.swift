import FileOutput
import Foundation

/// The file in which a publisher keeps how far it came: only past what is delivered.
public struct PublishingState: Sendable {
    /// What the file holds.
    struct Content: Codable, Equatable {
        /// Of the feed that the place belongs to.
        var checksum: String
        var place: RecordPlace
        /// Whole rounds before this one.
        var rounds = 0
        /// Messages that are delivered, in all runs.
        var delivered = 0
    }

    public let path: String

    public init(_ path: String) { self.path = path }

    /// - Returns: nil where there is no file yet.
    /// - Throws: `InputError` for a file that is no state, or that of another feed.
    func load(for checksum: String) throws -> Content? {
        guard FileKind(path) != .missing else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? ForeignJSON.decode(Content.self, from: data)
        else {
            throw InputError(
                file: path, problem: "the file holds no state of publishing",
                remedy: "Name another file, or remove this one.")
        }
        guard content.checksum == checksum else {
            throw InputError(
                file: path, problem: "the file holds the state of another source, or of this one before it changed",
                remedy: "Name another file, or remove this one to begin anew.")
        }
        return content
    }

    /// Writes beside the place and renames, so that a file is always whole.
    func save(_ content: Content) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(content), as: UTF8.self)
        try OutputFile(path).write { file throws(OutputError) in try file.write(text + "\n") }
    }
}
