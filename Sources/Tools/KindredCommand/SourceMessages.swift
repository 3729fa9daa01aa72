import FileOutput
import Ratings

/// What was read, for a person to check: one line, and a line for each note.
enum SourceMessages {
    static func show(reading: SourceReading?, notes: [ReadingNote], of path: String) {
        if let reading { Console.message(line(reading, of: path).visible()) }
        for note in notes {
            let hint = note.topic.map { " " + Hinted.hint(for: $0) } ?? ""
            Console.message("note: \(note.text)\(hint)".visible())
        }
    }

    /// `ratings.csv: user = userId (column 1), …, by the header; comma-separated, with a header; UTF-8; 100 rows`.
    private static func line(_ reading: SourceReading, of path: String) -> String {
        let columns = reading.columns.map { "\($0.role) = \($0.name)" }.joined(separator: ", ")
        return
            "\(path): \(columns), \(reading.basis); \(reading.layout); \(reading.encoding); \(reading.rows.grouped) rows"
    }
}
