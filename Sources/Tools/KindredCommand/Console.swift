import FileOutput
import Foundation
import Platform

/// Where a person reads: results on standard output, messages on standard error.
///
/// Text is printed without control characters, which titles and ids of a source may have; a page of JSON has them escaped. A
/// message that nobody can be told is lost; a result that cannot be written ends the program.
enum Console {
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func message(_ text: String) { draw(text.visible(keepsLines: true) + "\n") }

    /// Text as it is, for a line that is drawn again.
    static func draw(_ text: String) {
        try? OutputDescriptor.standardError.write(Array(text.utf8))
    }

    static func result(_ text: String) { print(out: text.visible(keepsLines: true) + "\n") }

    /// JSON with what a terminal would obey escaped, which reads as the same.
    static func result(json: String) {
        var text = ""
        for scalar in json.unicodeScalars {
            if scalar.isUnseen, scalar != "\n" {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        print(out: text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Pretty, with sorted keys.
    static func result(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        result(json: String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Lines for another program, as they are; only a terminal gets them without control characters.
    static func data(_ text: String) {
        print(out: isatty(STDOUT_FILENO) == 1 ? text.visible(keepsLines: true) : text)
    }

    private static func print(out text: String) {
        do {
            try OutputDescriptor.standardOutput.write(Array(text.utf8))
        } catch {
            Interruption.cleanUp()
            // Whoever closes a pipe has read enough, as `head` has, and wants to be told nothing.
            guard !error.isBrokenPipe else { _exit(128 + SIGPIPE) }
            message("Error: standard output: writing failed (\(error)). Free disk space, or send the output elsewhere.")
            _exit(1)
        }
    }

    /// Text moved to the right end of a field.
    static func aligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
