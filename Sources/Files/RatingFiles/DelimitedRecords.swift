import FoundationEssentials

/// The records of a small delimited file, as text.
///
/// A quoted field may span lines, up to the longest line that is read; a quote that does not close within it is a character like
/// any other, so that it cannot swallow the rest of the file.
struct DelimitedRecords {
    struct Record {
        let fields: [String]
        /// The line it begins on, counted from 1.
        let line: Int
    }

    private let file: FileBytes
    private let hasQuotes: Bool

    /// - Parameter hasQuotes: whether quotes mean anything.
    init(_ file: FileBytes, hasQuotes: Bool = true) {
        self.file = file
        self.hasQuotes = hasQuotes
    }

    /// - Parameters:
    ///   - start: the place and the number of the line that the first record begins on.
    ///   - commentMark: what begins a line that is no record.
    ///   - fieldLimit: the most fields of a record; delimiters beyond belong to the last one.
    ///   - delimiter: chooses that of a line.
    func all(
        from start: (place: Int, line: Int)? = nil, commentMark: UInt8? = nil, fieldLimit: Int = .max,
        delimitedBy delimiter: (Span<UInt8>, Range<Int>) -> Delimiter
    ) -> [Record] {
        let bytes = file.data.span
        let (place, firstLine) = start ?? (LineCursor.start(of: bytes), 1)
        var records: [Record] = []
        var cursor = LineCursor(place..<bytes.count)
        while let line = cursor.next(bytes) {
            if bytes[line.lowerBound] == commentMark { continue }
            let number = firstLine - 1 + cursor.lineNumber
            let delimiter = delimiter(bytes, line)
            var fields: [Range<Int>] = []
            let reach = min(bytes.count, line.lowerBound + LineCursor.longestLine)
            if case .whole(let end) = splitRecord(
                bytes, line, delimiter, hasQuotes: hasQuotes, reach: reach, into: &fields)
            {
                cursor.finish(bytes, recordEnding: end)
            } else {
                _ = splitFields(bytes, line, delimiter, hasQuotes: false, into: &fields)
            }
            if fields.count > fieldLimit, let end = fields.last?.upperBound {
                let last = fields[fieldLimit - 1].lowerBound
                fields.replaceSubrange((fieldLimit - 1)..., with: [last..<end])
            }
            records.append(Record(fields: fields.map(text), line: number))
        }
        return records
    }

    /// The text of a field; a doubled quote inside quotes stands for one.
    private func text(_ field: Range<Int>) -> String {
        let quote = UInt8(ascii: "\"")
        guard hasQuotes, field.lowerBound > 0, file.data[field.lowerBound - 1] == quote else { return file.text(field) }
        // By bytes: to `String` a quote with an accent behind it is another character.
        var bytes = Data()
        var index = field.lowerBound
        while index < field.upperBound {
            bytes.append(file.data[index])
            index += file.data[index] == quote ? 2 : 1
        }
        return FileBytes.text(bytes)
    }
}
