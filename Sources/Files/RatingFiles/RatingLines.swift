public import FileOutput
import Foundation
public import Ratings

extension RatingsReader {
    /// The rows of a file as they stand, several of the same user and item among them.
    public struct Rows: Sendable {
        /// One behind the other in the order of the file.
        public let entries: [RatingEntries]
        public let users: Vocabulary
        public let items: Vocabulary
        /// Bad rows, in the order of the file.
        public let rejected: [RejectedRow]
        /// What a person should know of how the file was read.
        public let notes: [String]
    }

    /// The lines that some rows of a file stand in.
    ///
    /// - Parameters:
    ///   - rows: counted from 0 over all entries, ascending.
    ///   - rejected: the bad rows that were left out, which do not count.
    /// - Returns: the number, counted from 1, and the text of each, at most 1,000 bytes of it.
    /// - Complexity: O(bytes up to the last row).
    public func lines(
        ofRows rows: [Int], besides rejected: [RejectedRow], in path: String
    ) throws(InputError) -> [(number: Int, text: String)] {
        guard !rows.isEmpty else { return [] }
        let file = try FileBytes(path: path)
        let bytes = file.data.span
        let layout = try RatingsLayout(detecting: bytes, path: path, columns: columns)
        var cursor = LineCursor(layout.start..<file.count)
        var (wanted, left) = (rows[...], rejected[...])
        var row = 0
        var found: [(number: Int, text: String)] = []
        while let next = wanted.first, let line = cursor.next(bytes) {
            let number = layout.firstLine - 1 + cursor.lineNumber
            if left.first?.line == number {
                left.removeFirst()
                continue
            }
            if row == next {
                found.append((number, String(decoding: line.prefix(1000).map { bytes[$0] }, as: UTF8.self)))
                wanted.removeFirst()
            }
            row += 1
        }
        return found
    }
}
