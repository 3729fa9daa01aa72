import Ratings

/// What looks as if a file were read wrongly, though it could be read.
enum Suspicions {
    /// Small files prove nothing.
    private static let provingRows = 20

    static func notes(
        _ entries: [RatingEntries], _ users: Vocabulary, _ items: Vocabulary, _ layout: RatingsLayout, threads: Int
    ) -> [ReadingNote] {
        let rows = entries.reduce(0) { $0 + $1.count }
        let values = RatingValues(entries, threads: threads)
        var notes: [ReadingNote] = []
        if let note = values.note, layout.rating != nil { notes.append(note) }
        if let scale = values.scaleWithoutMarks {
            let mark = values.least == 0 ? "0" : "-1"
            notes.append(
                ReadingNote(
                    "\(values.leastCount) of \(rows) ratings are \(mark), where all others are \(scale.lowerBound) to \(scale.upperBound): often that means \"not rated\", and not the worst rating.",
                    .scale(scale)))
        }
        guard rows >= provingRows else { return notes }
        let sides = [("user", users), ("item", items)]
        for (name, vocabulary) in sides where vocabulary.count == rows && isConsecutive(vocabulary) {
            notes.append(
                ReadingNote(
                    "The \(name) ids are \(vocabulary[0]), \(vocabulary[1]), \(vocabulary[2]) …, one for each row: they may be row numbers.",
                    .columns(suggestion(layout))))
            return notes
        }
        if users.count == rows {
            notes.append(
                ReadingNote(
                    "Each user has one rating only: the column of users may be another.", .columns(suggestion(layout))))
        } else if 10 * users.count >= 9 * rows {
            notes.append(
                ReadingNote(
                    "There are nearly as many users (\(users.count)) as ratings (\(rows)): the column of users may be another.",
                    .columns(suggestion(layout))))
        }
        return notes
    }

    private static func isConsecutive(_ vocabulary: Vocabulary) -> Bool {
        guard vocabulary.isNumeric, vocabulary.count > 2, ["0", "1"].contains(vocabulary[0]) else { return false }
        return Int(vocabulary[vocabulary.count - 1]).map { $0 - vocabulary.count < 1 } ?? false
    }

    /// The choice of columns in use, to be changed by the user.
    private static func suggestion(_ layout: RatingsLayout) -> String {
        let columns = [
            ("user", layout.user), ("item", layout.item), ("rating", layout.rating), ("timestamp", layout.timestamp),
        ]
        return columns.compactMap { role, column in column.map { "\(role)=\($0 + 1)" } }.joined(separator: ",")
    }
}
