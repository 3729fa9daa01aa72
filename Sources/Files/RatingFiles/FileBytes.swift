import FileOutput
import Foundation
import Platform

/// The bytes of a file, memory-mapped if possible.
struct FileBytes: Sendable {
    let path: String
    /// For a scope, take one view of the bytes: `data.span`.
    let data: Data
    /// The open file, if the bytes are its own.
    private let file: MappedFile?

    /// What most files hold, for a remedy.
    static let rowsExpected = "one rating per line: user, item, rating and perhaps a timestamp"

    /// - Parameters:
    ///   - expected: what a line of the file holds, for the remedy.
    ///   - maps: false for a file that others may truncate meanwhile.
    /// - Throws: `InputError` where the file is missing, no file, unreadable or empty.
    init(path: String, expected: String = rowsExpected, maps: Bool = true) throws(InputError) {
        guard FileKind(path) != .missing else {
            throw InputError(
                file: path, problem: "there is no such file", remedy: "Check the path.")
        }
        do {
            let file = try MappedFile(path: path, maps: maps)
            (self.path, self.file, data) = (path, file, file.data)
        } catch {
            throw InputError(
                file: path, problem: "the file cannot be read",
                remedy: "Check its permissions.")
        }
        guard !data.isEmpty else {
            throw InputError(
                file: path, problem: "the file is empty", remedy: "Expected \(expected).")
        }
    }

    /// Bytes that come from elsewhere.
    init(path: String, data: Data) { (self.path, self.data, file) = (path, data, nil) }

    var count: Int { data.count }

    /// Whether the file has not been truncated since it was opened.
    var isWhole: Bool { file?.isWhole ?? true }

    /// Releases the memory of bytes that were used.
    func release(_ range: Range<Int>) { file?.release(range) }

    /// Bytes as text: UTF-8 if valid, else Windows-1252.
    func text(_ range: Range<Int>) -> String {
        Self.text(data[range])
    }

    static func text(_ bytes: Data) -> String {
        String(data: bytes, encoding: .utf8)
            ?? Windows1252.text(bytes)
    }
}
