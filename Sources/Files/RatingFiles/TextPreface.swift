import FileOutput

/// What stands before the records of a text, and what kind of text it is.
struct TextPreface {
    enum Kind {
        case delimited, headings, jsonLines, matrixMarket
    }

    let kind: Kind
    /// The first lines that are neither blank nor comments, with their numbers from 1.
    let lines: [(range: Range<Int>, number: Int)]
    /// `#` or `%` where a comment begins the text.
    let commentMark: UInt8?
    /// The text of the last comment before the records, which may name the columns.
    let commentedHeader: Range<Int>?
    /// What a first line such as `sep=;` declares, as Excel reads it.
    let delimiter: Delimiter?

    /// The lines that are looked at.
    private static let lineLimit = 1000

    /// - Parameter expected: what a line of the text holds, for remedies.
    init(
        _ head: Span<UInt8>, isWhole: Bool, path: String, expected: String = FileBytes.rowsExpected
    ) throws(InputError) {
        var cursor = LineCursor(LineCursor.start(of: head)..<head.count)
        var lines: [(range: Range<Int>, number: Int)] = []
        var mark: UInt8?
        var comment: Range<Int>?
        var declared: Delimiter?
        let marksRows = Self.marksRows(head)
        while lines.count < Self.lineLimit, let line = cursor.next(head) {
            let first = head[line.lowerBound]
            if lines.isEmpty, declared == nil, let delimiter = Self.declaration(head, line) {
                declared = delimiter
            } else if first == mark || lines.isEmpty && !marksRows && Self.isComment(head, line) {
                mark = first
                if lines.isEmpty {
                    comment = line.dropFirst(where: { head[$0] == first || head[$0] == UInt8(ascii: " ") })
                }
            } else {
                lines.append((line, cursor.lineNumber))
            }
        }
        // The last line may go on behind the head.
        if !isWhole, lines.count > 1, cursor.position == head.count { lines.removeLast() }
        guard let first = lines.first else {
            throw InputError(
                file: path, problem: "there are no lines of text",
                remedy: "Expected \(expected).")
        }
        guard first.range.count <= LineCursor.longestLine else {
            throw InputError(
                file: path, line: first.number, problem: "the line has \(first.range.count) bytes",
                remedy: "Expected \(expected).")
        }
        kind = try Self.kind(head, first, path, mark)
        self.lines = lines
        commentMark = mark
        commentedHeader = comment
        delimiter = declared
    }

    /// Whether marks belong to ids: all first lines begin with one, or most of those behind the comments.
    private static func marksRows(_ head: Span<UInt8>) -> Bool {
        var cursor = LineCursor(LineCursor.start(of: head)..<head.count)
        var (leading, rows, marked) = (0, 0, 0)
        while leading + rows < 40, let line = cursor.next(head) {
            let isMarked = isComment(head, line)
            if isMarked, rows == 0 { leading += 1 } else { rows += 1 }
            if isMarked, rows > 0 { marked += 1 }
        }
        return 2 * marked > rows || rows == 0 && leading > 1
    }

    /// A line that begins with `#` or `%`.
    private static func isComment(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        bytes[line.lowerBound] == UInt8(ascii: "#") || bytes[line.lowerBound] == UInt8(ascii: "%")
    }

    private static func declaration(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Delimiter? {
        let text = excerpt(bytes, line).lowercased()
        guard text.hasPrefix("sep=") || text.hasPrefix("\"sep="), line.count <= 8 else { return nil }
        let quoted = text.hasPrefix("\"") ? 1 : 0
        guard line.count > 4 + quoted else { return nil }
        return Delimiter(byte: bytes[line.lowerBound + 4 + quoted])
    }

    private static func kind(
        _ bytes: Span<UInt8>, _ first: (range: Range<Int>, number: Int), _ path: String, _ mark: UInt8?
    ) throws(InputError) -> Kind {
        let start = LineCursor.start(of: bytes)
        if mark == UInt8(ascii: "%"), excerpt(bytes, start..<min(bytes.count, start + 14)) == "%%MatrixMarket" {
            return .matrixMarket
        }
        let text = excerpt(bytes, first.range)
        func refusal(_ problem: String, _ remedy: String) -> InputError {
            InputError(file: path, line: first.number, problem: problem, remedy: remedy)
        }
        switch bytes[first.range.lowerBound] {
        case UInt8(ascii: "{"):
            if JSONRecord.keys(bytes, first.range) != nil { return .jsonLines }
            let remedy =
                text.hasPrefix("{'")
                ? "These are Python dictionaries: python3 -c \"import ast, json, sys; [print(json.dumps(ast.literal_eval(l))) for l in sys.stdin]\" < FILE > ratings.jsonl"
                : "Expected a JSON object on each line; jq -c writes them so: jq -c '.ratings[]' FILE > ratings.jsonl"
            throw refusal("the line begins a JSON object and does not end it", remedy)
        case UInt8(ascii: "["):
            throw refusal(
                "the file is a JSON array",
                "Expected a JSON object on each line; jq writes them so: jq -c '.[]' FILE > ratings.jsonl")
        case UInt8(ascii: "<"):
            throw refusal(
                "the file is a page of HTML or XML: \(text)",
                "It may be what a web site answered instead of the file; fetch the file again.")
        default:
            let digits = first.range.dropLast()
            let isHeading =
                first.range.count > 1 && bytes[first.range.upperBound - 1] == UInt8(ascii: ":")
                && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) }
            return isHeading ? .headings : .delimited
        }
    }

    /// The refusal of a text whose lines no delimiter splits.
    func unsplit(_ bytes: Span<UInt8>, _ path: String) -> InputError {
        InputError(
            file: path, line: lines[0].number,
            problem: "\"\(excerpt(bytes, lines[0].range))\" is not two or more fields",
            remedy: "Expected user, item and rating, separated by tab, comma, semicolon, ::, | or space.")
    }
}

extension Range<Int> {
    /// What is left behind the first places that meet a condition.
    fileprivate func dropFirst(where isDropped: (Int) -> Bool) -> Range<Int> {
        (first { !isDropped($0) } ?? upperBound)..<upperBound
    }
}
