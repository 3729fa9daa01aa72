public import FileOutput
import Foundation
public import Ratings

/// Parses the ratings of a user outside the training data: `item=rating` pairs, or a small file of `item,rating` rows.
public enum GuestRatings {
    /// Comma-separated pairs, as in `50=5,181=4.5`.
    ///
    /// - Parameter name: what the text is called in errors.
    /// - Throws: `InputError` for a pair that is no rating of an item of the vocabulary, or that repeats an item.
    public static func parse(
        _ text: String, shownAs name: String, ratings: RatingMatrix
    ) throws(InputError) -> UserRatings {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var rows: [Row] = []
        for (place, field) in fields.enumerated() {
            guard let sign = field.lastIndex(of: "=") else {
                throw InputError(
                    file: name, column: place + 1, problem: "\"\(field)\" is not item=rating",
                    remedy: "Separate pairs by commas, such as 50=5,181=4.")
            }
            rows.append(
                Row(item: String(field[..<sign]), rating: String(field[field.index(after: sign)...]), pair: place + 1))
        }
        return try resolved(rows, file: name, ratings)
    }

    /// Lines of an item and a rating, separated by comma, semicolon, tab or `::`; a first line with neither is a
    /// header.
    public static func read(_ path: String, ratings: RatingMatrix) throws(InputError) -> UserRatings {
        let records = DelimitedRecords(
            try FileBytes(path: path, expected: "one item and its rating per line, such as 50,5")
        ).all { bytes, line in
            var fields: [Range<Int>] = []
            return delimiters.first { splitFields(bytes, line, $0, into: &fields) && fields.count == 2 }
                ?? delimiters[0]
        }
        var rows: [Row] = []
        for (index, record) in records.enumerated() {
            let fields = record.fields.map { $0.trimmingCharacters(in: .whitespaces) }
            if fields.allSatisfy(\.isEmpty) { continue }
            guard fields.count == 2 else {
                throw InputError(
                    file: path, line: record.line, problem: "the row has \(fields.count) fields, not 2",
                    remedy: "Write an item and its rating per line, such as 50,5.")
            }
            if index == 0, number(fields[1]) == nil, ratings.items.index(of: fields[0]) == nil { continue }
            rows.append(Row(item: fields[0], rating: fields[1], line: record.line))
        }
        return try resolved(rows, file: path, ratings)
    }

    private static let delimiters = [
        Delimiter(byte: UInt8(ascii: ","), isDoubled: false), Delimiter(byte: UInt8(ascii: ";"), isDoubled: false),
        Delimiter(byte: UInt8(ascii: "\t"), isDoubled: false), Delimiter(byte: UInt8(ascii: ":"), isDoubled: true),
    ]

    private struct Row {
        let item: String
        let rating: String
        var line: Int?
        /// Its position among the pairs of an option.
        var pair: Int?
    }

    /// A finite decimal number, parsed as in ratings files.
    private static func number(_ text: String) -> Float? {
        let bytes = Array(text.utf8)
        guard case .finite(let value) = ParsedNumber(bytes.span, bytes.indices),
            RatingScale.widest.contains(Float(value))
        else {
            return nil
        }
        return Float(value)
    }

    private static func resolved(_ rows: [Row], file: String, _ ratings: RatingMatrix) throws(InputError) -> UserRatings
    {
        let scale = RatingScale(of: ratings)
        var found: [Int: Float] = [:]
        for row in rows {
            func fault(_ problem: String, _ remedy: String) -> InputError {
                InputError(file: file, line: row.line, column: row.pair, problem: problem, remedy: remedy)
            }
            guard let item = ratings.items.index(of: row.item) else {
                let near = ratings.items.idsNear(row.item).joined(separator: ", ")
                throw fault("there is no item \"\(row.item)\"", "The nearest ids are \(near).")
            }
            guard let rating = number(row.rating) else {
                throw fault("rating \"\(row.rating)\" of item \(row.item) is not a number", "Write it as 4 or 3.5.")
            }
            if let scale, rating < scale.minimum || rating > scale.maximum {
                throw fault(
                    "rating \(row.rating) of item \(row.item) is off the scale",
                    "Ratings here are from \(scale.minimum) to \(scale.maximum).")
            }
            guard found.updateValue(rating, forKey: item) == nil else {
                throw fault("item \(row.item) is rated twice", "Remove one of the ratings.")
            }
        }
        guard !found.isEmpty else {
            throw InputError(
                file: file, problem: "there are no ratings", remedy: "Name at least one item and its rating.")
        }
        return UserRatings(found.map { (item: $0.key, rating: $0.value) })
    }
}
