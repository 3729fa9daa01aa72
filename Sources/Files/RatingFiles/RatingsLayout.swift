import FileOutput
import Foundation
import Ratings

/// The layout of the records of a ratings file.
struct RatingsLayout: Sendable {
    /// What a record is.
    enum Shape: Sendable, Equatable {
        /// Fields between delimiters.
        case delimited
        /// Rows of user, rating and date below a line with the item and a colon, as in the Netflix Prize.
        case headings
        /// A JSON object on each line.
        case jsonLines
    }

    var shape = Shape.delimited
    var delimiter = Delimiter(byte: UInt8(ascii: ","))
    /// The number of fields per record.
    var fieldCount = 0
    /// The fields of user, item, rating and timestamp, counted from 0. Without a rating each row counts 1.
    var user = 0
    var item = 1
    var rating: Int?
    var timestamp: Int?
    /// The keys of JSON objects, at the places that the above count.
    var keys: [String] = []
    /// Whether a quote that is not closed, or closed within a field, is a character like any other, and quoted fields stay
    /// on a line.
    var hasLooseQuotes = false
    /// Whether decimals follow a comma.
    var hasDecimalCommas = false
    /// Whether times are dates of eight digits.
    var timesAreDates = false
    /// What begins a line that is no record.
    var commentMark: UInt8?
    /// The start of the first rating, after a byte-order mark and a header.
    var start = 0
    /// The number of that line, from 1.
    var firstLine = 1
    /// The number of rows that the file announces.
    var announcedRows: Int?

    /// The columns in use, for the user.
    var columns: [SourceReading.Column] = []
    /// Why these columns.
    var basis = ""
    /// The form of the text in words.
    var form = ""
    var notes: [ReadingNote] = []

    /// Whether a record needs those before it.
    var isSequential: Bool { shape == .headings }

    /// Begins behind lines that were read before.
    mutating func passOver(_ bytes: Int, in text: Data) {
        guard bytes > start, !isSequential else { return }
        firstLine += text[start..<min(bytes, text.count)].count { $0 == UInt8(ascii: "\n") }
        start = min(bytes, text.count)
    }

    mutating func take(_ positions: [ColumnRole: Int], _ evidence: [ColumnEvidence]) {
        user = positions[.user] ?? 0
        item = positions[.item] ?? 1
        rating = positions[.rating]
        timestamp = positions[.timestamp]
        if let timestamp, evidence.indices.contains(timestamp) { timesAreDates = evidence[timestamp].areDigitDates }
    }
}

extension RatingsLayout {
    /// Detects the layout from the beginning of a text.
    ///
    /// - Parameters:
    ///   - head: the first bytes of the text, or all of them.
    ///   - isWhole: whether the text ends with them.
    ///   - columns: the columns chosen by the user, or empty to detect them by name, else by position.
    init(detecting head: Span<UInt8>, isWhole: Bool, path: String, columns: [String]) throws(InputError) {
        let preface = try TextPreface(head, isWhole: isWhole, path: path)
        switch preface.kind {
        case .jsonLines: self = try Self.jsonLines(head, preface, path, columns)
        case .headings: self = Self.headings(preface)
        case .matrixMarket: self = try Self.matrixMarket(head, preface, path)
        case .delimited: self = try Self.delimited(head, preface, path, columns)
        }
    }

    /// Detects the layout of a file that follows another: of the same columns, perhaps without the header of the first.
    init(
        detecting head: Span<UInt8>, isWhole: Bool, path: String, following first: RatingsLayout, columns: [String]
    ) throws(InputError) {
        let preface = try TextPreface(head, isWhole: isWhole, path: path)
        if preface.kind == .delimited, first.shape == .delimited,
            let sample = TextSample(head, preface.lines, delimiter: first.delimiter),
            sample.fieldCount == first.fieldCount
        {
            let hasHeader = SampleTable(sample).looksLikeHeader
            if !hasHeader || isWhole && sample.records.count == 1 {
                self = first
                // A shard may have a header alone.
                start = hasHeader ? head.count : sample.records[0].start
                firstLine = sample.records[0].line
                return
            }
        }
        self = try RatingsLayout(detecting: head, isWhole: isWhole, path: path, columns: columns)
        guard shape == first.shape, self.columns == first.columns else {
            let names = self.columns.map(\.name).joined(separator: ", ")
            throw InputError(
                file: path, problem: "the columns \(names) are not those of the file before it",
                remedy: "Read files of different columns by themselves.", topic: .files)
        }
    }

    /// A text of delimited fields.
    private static func delimited(
        _ head: Span<UInt8>, _ preface: TextPreface, _ path: String, _ columns: [String]
    ) throws(InputError) -> RatingsLayout {
        guard let sample = TextSample(head, preface.lines, delimiter: preface.delimiter) else {
            throw preface.unsplit(head, path)
        }
        let first = sample.records[0]
        guard sample.fieldCount >= 2 else { throw preface.unsplit(head, path) }
        var comment: [Range<Int>] = []
        if let header = preface.commentedHeader { _ = splitFields(head, header, sample.delimiter, into: &comment) }
        var table = SampleTable(sample, comment: comment.map { excerpt(head, $0) })
        var layout = RatingsLayout()
        layout.delimiter = sample.delimiter
        layout.fieldCount = sample.fieldCount
        layout.commentMark = preface.commentMark
        layout.hasLooseQuotes = !sample.readsQuotes
        let headerCount = table.looksLikeHeader && !table.hasCommentedHeader ? 1 : 0
        guard sample.records.count > headerCount else {
            throw InputError(
                file: path, line: first.line, problem: "there is a header but no ratings",
                remedy: "Check that the file is complete.")
        }
        if columns.isEmpty {
            try layout.detectColumns(table, path, first.line)
        } else {
            let choice = try ColumnChoice(
                columns, names: table.names, namesNumbers: table.looksLikeHeader && !table.hasNumericHeader,
                path: path, line: first.line)
            if choice.usesNames { table.hasHeader = true }
            layout.take(choice.positions, table.evidence)
            layout.basis = "as chosen"
        }
        let skipsFirst = table.hasHeader && !table.hasCommentedHeader && sample.records.count > 1
        let start = sample.records[skipsFirst ? 1 : 0]
        (layout.start, layout.firstLine) = (start.start, start.line)
        layout.describe(table)
        return layout
    }

    private mutating func detectColumns(_ table: SampleTable, _ path: String, _ line: Int) throws(InputError) {
        let knowsBoth = table.hasHeader && table.knows(.user) && table.knows(.item)
        if !knowsBoth, let refusal = PlacedColumns.matrixRefusal(table.evidence, path, line) { throw refusal }
        if table.hasHeader, !table.hasNumericHeader {
            let named = try NamedColumns(table.names, table.evidence, path: path, line: line)
            take(named.positions, table.evidence)
            notes += named.notes
            basis = "by the header"
        } else {
            let placed = try PlacedColumns(table.evidence, example: table.example, path: path, line: line)
            take(placed.positions, table.evidence)
            notes += placed.notes
            basis = "by position"
            if table.hasNumericHeader {
                notes.append(
                    ReadingNote(
                        "The first line, \(table.names.joined(separator: ",")), is a header of positions, as pandas writes it."
                    ))
            }
        }
    }

    /// Says how the fields are understood.
    private mutating func describe(_ table: SampleTable) {
        let byte = delimiter.byte
        if let rating, byte != UInt8(ascii: ","), byte != UInt8(ascii: " ") {
            hasDecimalCommas = table.evidence[rating].hasDecimalCommas
        }
        func column(_ position: Int) -> String {
            let name = table.hasHeader ? table.names[position] : ""
            return name.isEmpty ? "column \(position + 1)" : "\(name) (column \(position + 1))"
        }
        columns = [(ColumnRole.user, user), (.item, item), (.rating, rating), (.timestamp, timestamp)].compactMap {
            role, position in position.map { SourceReading.Column(role: role.rawValue, name: column($0)) }
        }
        form =
            delimiter.name + (hasDecimalCommas ? " with decimal commas" : "")
            + (table.hasHeader ? ", with a header" : ", without a header")
        if rating == nil { notes.append(ReadingNote("There is no rating column: each row counts 1.")) }
    }
}
