public import FileOutput
import Foundation
public import Ratings

extension RatingsReader {
    /// The rows of a file, with duplicates.
    public struct Rows: Sendable {
        /// Consecutive pieces in file order.
        public let entries: [RatingEntries]
        /// The IDs of the users.
        public let users: Vocabulary
        /// The IDs of the items.
        public let items: Vocabulary
        /// Malformed rows, in file order.
        public let rejected: [RejectedRow]
        /// Notes for the user on how the file was read.
        public let notes: [String]
    }

    /// The lines of rows of a file.
    ///
    /// - Parameters:
    ///   - rows: ascending, counted from 0 over all entries.
    ///   - rejected: the skipped malformed rows, which are not counted.
    /// - Returns: the line number, from 1, and the text of each, truncated to 1,000 bytes.
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
