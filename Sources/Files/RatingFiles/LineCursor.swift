/// Iterates over the non-blank lines of a file. A line ends at LF, CRLF or the end of the file.
struct LineCursor {
    /// Longer lines are rejected.
    static let longestLine = 65_536

    private(set) var position: Int
    /// The number, counted from 1 at the start position, of the line last returned.
    private(set) var lineNumber = 0
    private let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next non-blank line, without its line break.
    mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
        while position < end {
            let start = position
            while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            var stop = position
            if position < end { position += 1 }
            lineNumber += 1
            if stop > start, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
            if stop > start { return start..<stop }
        }
        return nil
    }

    /// Skips lines that the fast path consumed.
    mutating func skipLines(_ count: Int, to next: Int) {
        position = next
        lineNumber += count
    }

    /// Where the text begins: behind a byte-order mark.
    static func start(of bytes: Span<UInt8>) -> Int {
        bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    /// The first two lines that are not blank, behind a byte order mark, with their numbers counted from 1.
    static func leading(_ bytes: Span<UInt8>) -> [(range: Range<Int>, number: Int)] {
        var cursor = LineCursor(start(of: bytes)..<bytes.count)
        var lines: [(range: Range<Int>, number: Int)] = []
        while lines.count < 2, let line = cursor.next(bytes) { lines.append((line, cursor.lineNumber)) }
        return lines
    }

    /// Splits a range into at most `count` pieces at line starts.
    static func pieces(of range: Range<Int>, count: Int, in bytes: Span<UInt8>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        for piece in 1...count where start < range.upperBound {
            var end = max(start, range.lowerBound + range.count * piece / count)
            while end < range.upperBound, bytes[end - 1] != UInt8(ascii: "\n") { end += 1 }
            if end > start { pieces.append(start..<end) }
            start = end
        }
        return pieces
    }
}
