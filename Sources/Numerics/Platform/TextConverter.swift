#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
    import iconv
#endif

/// Why text cannot be converted.
public enum TextError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No encoding of this system has the name.
    case unknownEncoding(String)
    /// The bytes at an offset, counted from 0, do not occur in the encoding.
    case invalid(byte: Int, encoding: String)
    /// The text ends inside the character that begins at an offset.
    case incomplete(byte: Int, encoding: String)

    public var description: String {
        switch self {
        case .unknownEncoding(let name): "unknown encoding \"\(name)\""
        case .invalid(let byte, let encoding): "byte \(byte) is not \(encoding)"
        case .incomplete(let byte, let encoding): "the text ends inside the \(encoding) character at byte \(byte)"
        }
    }
}

/// Converts text of any encoding to UTF-8 by iconv, block by block.
///
/// A byte-order mark at its start is left out. `UTF-16` and `UTF-32` go by the mark, without one by what the system holds usual. One
/// thread at a time may use a converter.
@safe public final class TextConverter {
    private let encoding: String
    private let descriptor: iconv_t
    /// The start of a character that the last block ended in.
    private var rest: [UInt8] = []
    /// How many bytes were converted.
    private var position = 0
    private var isAtStart = true

    /// - Parameter encoding: a name that iconv knows, such as `SHIFT_JIS`, `WINDOWS-1252` or `UTF-16`.
    /// - Throws: `TextError.unknownEncoding`.
    public init(from encoding: String) throws(TextError) {
        // "" is the locale's; what follows a slash is an option to ignore invalid bytes.
        let isName = !encoding.isEmpty && encoding.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isName, let descriptor = unsafe iconv_open("UTF-8", encoding), Int(bitPattern: descriptor) != -1
        else { throw .unknownEncoding(encoding) }
        self.encoding = encoding
        unsafe self.descriptor = descriptor
    }

    deinit { unsafe iconv_close(descriptor) }

    /// Converts the next bytes. A character that is split between blocks comes out with the latter.
    ///
    /// - Throws: `TextError.invalid`.
    public func convert(_ block: [UInt8]) throws(TextError) -> [UInt8] {
        var input = rest.isEmpty ? block : rest + block
        let (output, used, status) = unsafe Self.convert(&input, by: descriptor)
        position += used
        if status == EILSEQ { throw .invalid(byte: position, encoding: encoding) }
        rest = Array(input[used...])
        return withoutMark(output)
    }

    /// Ends the text.
    ///
    /// - Returns: what some encodings hold back until they know what follows.
    /// - Throws: `TextError.incomplete`.
    public func finish() throws(TextError) -> [UInt8] {
        guard rest.isEmpty else { throw .incomplete(byte: position, encoding: encoding) }
        var output = [UInt8](repeating: 0, count: 64)
        let left = unsafe output.withUnsafeMutableBytes { output in
            var place = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left = output.count
            _ = unsafe iconv(descriptor, nil, nil, &place, &left)
            return left
        }
        return withoutMark(output.dropLast(left))
    }

    private func withoutMark(_ output: some Collection<UInt8>) -> [UInt8] {
        guard isAtStart, !output.isEmpty else { return Array(output) }
        isAtStart = false
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return Array(output.dropFirst(output.starts(with: mark) ? mark.count : 0))
    }

    /// - Returns: the text, how many bytes it came from, and why these are not all: `EILSEQ`, `EINVAL` inside a character, or 0.
    private static func convert(
        _ input: inout [UInt8], by descriptor: iconv_t
    ) -> (output: [UInt8], used: Int, status: Int32) {
        var (output, used, status): ([UInt8], Int, Int32) = ([], 0, 0)
        repeat {
            let left = input.count - used
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: left * 3 / 2 + 16) { buffer, filled in
                unsafe input.withUnsafeMutableBytes { input in
                    var from = unsafe input.baseAddress?.advanced(by: used).assumingMemoryBound(to: CChar.self)
                    var to = unsafe UnsafeMutableRawBufferPointer(buffer).baseAddress?.assumingMemoryBound(
                        to: CChar.self)
                    var (fromLeft, toLeft) = (left, buffer.count)
                    status = unsafe iconv(descriptor, &from, &fromLeft, &to, &toLeft) == -1 ? errno : 0
                    used = input.count - fromLeft
                    filled = buffer.count - toLeft
                }
            }
            output = output.isEmpty ? piece : output + piece
            // E2BIG: there is more than the buffer holds.
        } while status == E2BIG
        return (output, used, status)
    }
}
