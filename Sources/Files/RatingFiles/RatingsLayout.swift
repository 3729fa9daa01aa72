import FileOutput

/// The layout of the lines of a ratings file.
struct RatingsLayout: Sendable, Equatable {
    let delimiter: Delimiter
    /// The number of fields per line.
    let fieldCount: Int
    /// The fields of user, item, rating and, optionally, timestamp, counted from 0.
    let user: Int
    let item: Int
    let rating: Int
    let timestamp: Int?
    /// The start of the first rating, after a byte-order mark and a header.
    let start: Int
    /// The number of that line, from 1.
    let firstLine: Int
    /// A note for the user on how the columns were chosen.
    let note: String?

    /// Detects the layout from the first line of text.
    ///
    /// - Parameter columns: the columns chosen by the user, or empty to detect them by name, else by position.
    init(detecting bytes: Span<UInt8>, path: String, columns: [String]) throws(InputError) {
        let lines = LineCursor.leading(bytes)
        guard let first = lines.first else {
            throw InputError(
                file: path, problem: "there are no lines of text",
                remedy: "Expected one rating per line: user, item, rating and optionally a timestamp.")
        }
        guard first.range.count <= LineCursor.longestLine else {
            throw InputError(
                file: path, line: first.number,
                problem: "the line has \(first.range.count) bytes",
                remedy: "Expected one rating per line: user, item, rating and optionally a timestamp.")
        }
        guard let delimiter = Delimiter.detect(bytes, first.range) else {
            throw InputError(
                file: path, line: first.number,
                problem: "\"\(excerpt(bytes, first.range))\" has fewer than three fields",
                remedy:
                    "Expected user, item and rating, separated by tab, comma, semicolon, ::, | or space."
            )
        }
        var ranges: [Range<Int>] = []
        _ = splitFields(bytes, first.range, delimiter, into: &ranges)
        let names = ranges.map { excerpt(bytes, $0) }
        let positions = try ColumnPositions(
            names: names, columns: columns, path: path, line: first.number)
        // A header has a word as its rating. A first line with numeric IDs is a row, possibly malformed.
        let isHeader =
            ParsedNumber(bytes, ranges[positions.rating]) == .notANumber
            && (positions.areNamed
                || ParsedNumber(bytes, ranges[positions.user]) == .notANumber
                || ParsedNumber(bytes, ranges[positions.item]) == .notANumber)
        if isHeader, lines.count < 2 {
            throw InputError(
                file: path, line: first.number, problem: "there is a header but no ratings",
                remedy: "Check that the file is complete.")
        }
        self.delimiter = delimiter
        fieldCount = ranges.count
        user = positions.user
        item = positions.item
        rating = positions.rating
        timestamp = positions.timestamp
        start = isHeader ? lines[1].range.lowerBound : first.range.lowerBound
        firstLine = isHeader ? lines[1].number : first.number
        note =
            isHeader && !positions.areNamed && columns.isEmpty
            ? "Columns taken by position: user = \(names[user]), item = \(names[item]), rating = \(names[rating])."
            : nil
    }
}

/// The roles of the fields, detected from the first line.
private struct ColumnPositions {
    var user = 0
    var item = 1
    var rating = 2
    var timestamp: Int?
    /// Whether the first line names the columns.
    var areNamed = false

    /// Column names of well-known data sets, ignoring case, spaces, dots, dashes and underscores.
    private static let roles: [(role: String, spellings: [String])] = [
        ("user", ["user", "userid", "users", "reviewerid", "customerid", "accountid"]),
        (
            "item",
            [
                "item", "itemid", "movie", "movieid", "film", "filmid", "product", "productid",
                "asin", "book", "bookid", "isbn", "business", "businessid", "artist", "artistid",
            ]
        ),
        ("rating", ["rating", "ratings", "score", "stars", "overall", "bookrating", "value", "weight"]),
        ("timestamp", ["timestamp", "time", "unixreviewtime", "unixtime", "ts"]),
    ]

    init(names: [String], columns: [String], path: String, line: Int) throws(InputError) {
        let roleNames = Self.roles.map(\.role)
        if columns.isEmpty {
            let found = Self.roles.map { role in
                names.firstIndex { role.spellings.contains(Self.plain($0)) }
            }
            areNamed = found[0] != nil && found[1] != nil && found[2] != nil
            if areNamed, let user = found[0], let item = found[1], let rating = found[2] {
                (self.user, self.item, self.rating, timestamp) = (user, item, rating, found[3])
            } else {
                timestamp = names.count > 3 ? 3 : nil
            }
            return
        }
        let inHeader = columns.map { column in names.firstIndex { $0 == column } }
        if inHeader.allSatisfy({ $0 != nil }) {
            areNamed = true
            try assign(inHeader.compactMap { $0 }, columns, path)
        } else if columns.allSatisfy({ roleNames.contains($0) || $0 == "-" }) {
            // The roles of the columns, in file order.
            let positions = roleNames.map { columns.firstIndex(of: $0) }
            try assign(positions.prefix { $0 != nil }.compactMap { $0 }, columns, path)
        } else {
            let numbers = columns.compactMap(Int.init)
            guard numbers.count == columns.count else {
                let missing = zip(columns, inHeader).first { $0.1 == nil }?.0 ?? ""
                throw InputError(
                    file: path, line: line, problem: "there is no column \"\(missing)\"",
                    remedy: "The columns are: \(names.joined(separator: ", ")).")
            }
            try assign(numbers.map { $0 - 1 }, columns, path)
        }
        for position in [user, item, rating, timestamp ?? 0] where !names.indices.contains(position) {
            throw InputError(
                file: path, line: line, problem: "there is no column \(position + 1)",
                remedy: "The line has \(names.count) columns.")
        }
    }

    private mutating func assign(_ positions: [Int], _ columns: [String], _ path: String) throws(InputError) {
        guard positions.count == 3 || positions.count == 4 else {
            throw InputError(
                file: path,
                problem: "\(columns.joined(separator: ",")) does not identify the columns of user, item and rating",
                remedy: "Name three or four: user, item, rating and, where there is one, timestamp.", topic: .columns)
        }
        (user, item, rating) = (positions[0], positions[1], positions[2])
        timestamp = positions.count == 4 ? positions[3] : nil
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// An excerpt for a message: at most 80 characters, control characters as dots.
func excerpt(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    let shown = range.prefix(80).map { bytes[$0] < 0x20 ? UInt8(ascii: ".") : bytes[$0] }
    return String(decoding: shown, as: UTF8.self) + (range.count > 80 ? "…" : "")
}
