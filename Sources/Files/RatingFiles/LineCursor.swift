/// Iterates over the non-blank lines of a file. A line ends at LF, CRLF or the end of the file.
struct LineCursor {
    /// Longer lines are rejected.
    static let longestLine = 65_536

    private(set) var position: Int
    /// The number, counted from 1 at the start position, of the line last returned.
    private(set) var lineNumber = 0
    let end: Int

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
            if stop > start, !isBlank(bytes, start..<stop) { return start..<stop }
        }
        return nil
    }

    private func isBlank(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        return isBlank(bytes[line.lowerBound]) && line.allSatisfy { isBlank(bytes[$0]) }
    }

    /// Moves behind the line that a record ends on, where that is beyond its first.
    mutating func finish(_ bytes: Span<UInt8>, recordEnding recordEnd: Int) {
        while position < end, position <= recordEnd || bytes[position - 1] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "\n") { lineNumber += 1 }
            position += 1
        }
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

    /// The start of the first line that begins at a place or later.
    static func lineStart(atOrAfter place: Int, before end: Int, in bytes: Span<UInt8>) -> Int {
        var start = place
        while start < end, bytes[start - 1] != UInt8(ascii: "\n") { start += 1 }
        return start
    }

    /// Splits a range into at most `count` pieces at line starts.
    static func pieces(of range: Range<Int>, count: Int, in bytes: Span<UInt8>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        for piece in 1...count where start < range.upperBound {
            let place = max(start, range.lowerBound + range.count * piece / count)
            let end = place == 0 ? 0 : lineStart(atOrAfter: place, before: range.upperBound, in: bytes)
            if end > start { pieces.append(start..<end) }
            start = end
        }
        return pieces
    }
}
