import FileOutput
import Ratings

/// Formats that say what they are.
extension RatingsLayout {
    /// The Netflix Prize: `1:`, then rows such as `1488844,3,2005-09-06`.
    static func headings(_ preface: TextPreface) -> RatingsLayout {
        var layout = RatingsLayout()
        layout.shape = .headings
        layout.fieldCount = 3
        (layout.user, layout.rating, layout.timestamp) = (0, 1, 2)
        (layout.start, layout.firstLine) = (preface.lines[0].range.lowerBound, preface.lines[0].number)
        layout.columns = [
            .init(role: "user", name: "column 1"), .init(role: "item", name: "the lines that end in a colon"),
            .init(role: "rating", name: "column 2"), .init(role: "timestamp", name: "column 3"),
        ]
        layout.basis = "as in the Netflix Prize"
        layout.form = "comma-separated below lines with the item"
        return layout
    }

    /// MatrixMarket (Boisvert, Pozo & Remington 1996), coordinates: rows are users, columns items.
    static func matrixMarket(
        _ bytes: Span<UInt8>, _ preface: TextPreface, _ path: String
    ) throws(InputError) -> RatingsLayout {
        var cursor = LineCursor(LineCursor.start(of: bytes)..<bytes.count)
        let banner = cursor.next(bytes).map { excerpt(bytes, $0) } ?? ""
        let words = banner.lowercased().split(separator: " ").map(String.init)
        func refusal(_ problem: String, _ remedy: String) -> InputError {
            InputError(file: path, line: 1, problem: problem, remedy: remedy)
        }
        guard words.count == 5, words[2] == "coordinate" else {
            throw refusal(
                "\"\(banner)\" is a dense MatrixMarket array, where a cell that is not rated is a rating too",
                "Write the rated cells alone: scipy.io.mmwrite of a scipy.sparse matrix does.")
        }
        guard ["real", "integer", "pattern", "double"].contains(words[3]), words[4] == "general" else {
            throw refusal(
                "\"\(banner)\" is no matrix of users and items",
                "Expected matrix coordinate real, integer or pattern general.")
        }
        let sizes = excerpt(bytes, preface.lines[0].range).split(separator: " ").compactMap { Int($0) }
        guard sizes.count == 3, preface.lines.count > 1 else {
            throw InputError(
                file: path, line: preface.lines[0].number, problem: "the line of sizes or all entries are missing",
                remedy: "Expected the numbers of rows, columns and entries, then an entry per line.")
        }
        var layout = RatingsLayout()
        layout.delimiter = .whitespace
        layout.commentMark = UInt8(ascii: "%")
        layout.fieldCount = words[3] == "pattern" ? 2 : 3
        layout.rating = words[3] == "pattern" ? nil : 2
        (layout.start, layout.firstLine) = (preface.lines[1].range.lowerBound, preface.lines[1].number)
        layout.announcedRows = sizes[2]
        layout.columns =
            [.init(role: "user", name: "the row"), .init(role: "item", name: "the column")]
            + (layout.rating == nil ? [] : [.init(role: "rating", name: "the value")])
        layout.basis = "as in MatrixMarket"
        layout.form = "MatrixMarket coordinates"
        if layout.rating == nil { layout.notes.append(ReadingNote("There is no rating column: each row counts 1.")) }
        return layout
    }

    /// A JSON object per line, with fields by the names of columns.
    static func jsonLines(
        _ bytes: Span<UInt8>, _ preface: TextPreface, _ path: String, _ chosen: [String]
    ) throws(InputError) -> RatingsLayout {
        let names = JSONRecord.names(bytes, preface.lines)
        let records = preface.lines.prefix(200).compactMap { JSONRecord(bytes, $0.range, keys: names) }
        let evidence = names.indices.map { place in ColumnEvidence(records.lazy.map { $0.fields[place] ?? "" }) }
        var layout = RatingsLayout()
        layout.shape = .jsonLines
        let first = preface.lines[0]
        if chosen.isEmpty {
            let named = try NamedColumns(names, evidence, path: path, line: first.number)
            layout.take(named.positions, evidence)
            layout.notes = named.notes
            layout.basis = "by their names"
        } else {
            layout.take(
                try ColumnChoice(chosen, names: names, namesNumbers: true, path: path, line: first.number).positions,
                evidence)
            layout.basis = "as chosen"
        }
        let used = [layout.user, layout.item] + [layout.rating, layout.timestamp].compactMap { $0 }
        let roles = ["user", "item"] + (layout.rating == nil ? [] : ["rating"]) + ["timestamp"]
        layout.columns = zip(roles, used).map { .init(role: $0, name: names[$1]) }
        layout.keys = names
        if layout.rating == nil { layout.notes.append(ReadingNote("There is no rating field: each row counts 1.")) }
        layout.narrowKeys()
        layout.form = "JSON lines"
        (layout.start, layout.firstLine) = (first.range.lowerBound, first.number)
        return layout
    }

    /// Keeps the keys in use alone, so that no others are decoded.
    private mutating func narrowKeys() {
        let all = keys
        keys = [all[user], all[item]]
        (user, item) = (0, 1)
        for column in [\RatingsLayout.rating, \RatingsLayout.timestamp] {
            guard let position = self[keyPath: column] else { continue }
            keys.append(all[position])
            self[keyPath: column] = keys.count - 1
        }
    }
}
