import FileOutput
import Foundation
import Platform

/// The bytes of a file, mapped into memory instead of read where it can be mapped.
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
                remedy: "Check that you may read it.")
        }
        guard !file.data.isEmpty else {
            throw InputError(
                file: path, problem: "the file is empty", remedy: "Expected \(expected).")
        }
    }

    /// One view of the bytes serves one scope: `data.span`.
    var data: Data { file.data }

    var count: Int { data.count }

    var endsWithLineBreak: Bool { data.last == UInt8(ascii: "\n") }

    /// Whether nothing was cut off since the file was opened.
    var isWhole: Bool { file.isWhole }

    /// Says that some bytes were used and need not stay in memory.
    func release(_ range: Range<Int>) { file.release(range) }

    /// Some bytes as text: UTF-8 where they are, else Latin-1, in which every byte is a character.
    func text(_ range: Range<Int>) -> String {
        let bytes = data[range]
        return String(data: bytes, encoding: .utf8)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Throws where the file is evidently no text.
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
