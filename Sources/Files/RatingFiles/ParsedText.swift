import FileOutput
import Ratings

/// The rows of a text, in pieces in file order, with what is known of how they were read.
struct ParsedText {
    var pieces: [RatingRows]
    let layout: RatingsLayout
    let path: String
    /// The encoding that the text was converted from.
    let encoding: String?
    private(set) var rejected: [RejectedRow]

    /// - Throws: the first malformed row, if one is to fail.
    init(
        _ pieces: [RatingRows], _ layout: RatingsLayout, path: String, encoding: String?, failsAtFault: Bool
    ) throws(InputError) {
        self.pieces = pieces
        self.layout = layout
        self.path = path
        self.encoding = encoding
        var rejected: [RejectedRow] = []
        var linesBefore = layout.firstLine - 1
        for piece in pieces {
            if failsAtFault, let (fault, row, isCutOff) = piece.rejected.first {
                throw InputError(
                    file: path, line: linesBefore + row.line, column: fault.column,
                    problem: fault.problem + (isCutOff ? "; the file ends inside this line" : ""),
                    remedy: isCutOff
                        ? "It may be truncated: fetch it again, or skip malformed rows."
                        : "Fix the row, or skip malformed rows.", topic: .malformedRows)
            }
            rejected += piece.rejected.map {
                RejectedRow(line: linesBefore + $0.row.line, reason: $0.row.reason, text: $0.row.text)
            }
            linesBefore += piece.lineCount
        }
        self.rejected = rejected
    }

    /// Takes the last piece, so that the rows of the next file can be added to it.
    mutating func takeTail() -> RatingRows? { pieces.popLast() }

    /// Appends the rows of the next file, and of the tail that was taken for it.
    mutating func append(_ next: consuming ParsedText) {
        pieces += next.pieces
        let file = next.path
        rejected += next.rejected.map { RejectedRow(line: $0.line, reason: "\(file): \($0.reason)", text: $0.text) }
    }
}
