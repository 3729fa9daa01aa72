import FileOutput
import Foundation
import Platform

/// The bytes of a file, memory-mapped if possible.
struct FileBytes: Sendable {
    let path: String
    private let file: MappedFile

    /// - Parameter expected: what a line of the file holds, for the remedy.
    /// - Throws: `InputError` where the file is missing, no file, unreadable or empty.
    init(
        path: String, expected: String = "one rating per line: user, item, rating and perhaps a timestamp"
    ) throws(InputError) {
        self.path = path
        guard FileKind(path) != .missing else {
            throw InputError(
                file: path, problem: "there is no such file", remedy: "Check the path.")
        }
        do {
            file = try MappedFile(path: path)
        } catch {
            throw InputError(
                file: path, problem: "the file cannot be read",
                remedy: "Check its permissions.")
        }
        guard !file.data.isEmpty else {
            throw InputError(
                file: path, problem: "the file is empty", remedy: "Expected \(expected).")
        }
    }

    /// For a scope, take one view of the bytes: `data.span`.
    var data: Data { file.data }

    var count: Int { data.count }

    var endsWithLineBreak: Bool { data.last == UInt8(ascii: "\n") }

    /// Whether the file has not been truncated since it was opened.
    var isWhole: Bool { file.isWhole }

    /// Releases the memory of bytes that were used.
    func release(_ range: Range<Int>) { file.release(range) }

    /// Bytes as text: UTF-8 if valid, else Latin-1, where every byte is a character.
    func text(_ range: Range<Int>) -> String {
        Self.text(data[range])
    }

    static func text(_ bytes: Data) -> String {
        String(data: bytes, encoding: .utf8)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Throws if the file is evidently not text.
    func requireText() throws(InputError) {
        let head = Array(data.prefix(4096))
        func reject(_ problem: String, _ remedy: String) -> InputError {
            InputError(file: path, problem: problem, remedy: remedy)
        }
        if head.starts(with: [0x1F, 0x8B]) || head.starts(with: [0x50, 0x4B, 3, 4]) {
            throw reject("the file is compressed", "Unpack it first, with gunzip or unzip.")
        }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            throw reject("the file is UTF-16", "Convert it: iconv -f UTF-16 -t UTF-8.")
        }
        if let place = head.firstIndex(of: 0) {
            throw reject(
                "binary file: NUL at byte \(place)",
                "Expected one rating per line: user, item, rating and perhaps a timestamp.")
        }
    }
}
