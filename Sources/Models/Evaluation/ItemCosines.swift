import LinearAlgebra
import Ratings

/// Cosines between columns of the rating matrix, with norms over all ratings of each item.
///
/// cos(i, j) = Σ_u r_ui·r_uj / (‖r_i‖·‖r_j‖) over the users who rated both; 0 if either item is unrated. Items rated
/// equally by four users and by two of them: 2/√8 ≈ 0.707107.
struct ItemCosines: Sendable {
    /// Rows are items.
    private let byItem: SparseMatrix<Float>
    private let norms: [Double]

    init(_ ratings: RatingMatrix) {
        let byItem = ratings.byUser.transposed()
        self.byItem = byItem
        norms = (0..<byItem.rows).map { item in
            byItem.values[byItem.entries(ofRow: item)].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
    }

    /// The dense ratings of an item, 0 where missing.
    private func dense(_ item: Int) -> [Float] {
        var ratings = [Float](repeating: 0, count: byItem.columns)
        for entry in byItem.entries(ofRow: item) { ratings[Int(byItem.columnIndices[entry])] = byItem.values[entry] }
        return ratings
    }

    /// The cosine of an item with ratings `dense` and another, summed over the ratings of the other only.
    private func cosine(_ first: Int, dense: [Float], _ second: Int) -> Double {
        let norm = norms[first] * norms[second]
        guard norm > 0 else { return 0 }
        var sum = 0.0
        for entry in byItem.entries(ofRow: second) {
            sum += Double(dense[Int(byItem.columnIndices[entry])]) * Double(byItem.values[entry])
        }
        return sum / norm
    }

    /// A pair of items in a list, stored at the lower index.
    private struct Meeting: Comparable {
        var partner: Int32
        var listLength: Int32

        static func < (a: Meeting, b: Meeting) -> Bool { (a.partner, a.listLength) < (b.partner, b.listLength) }
    }

    /// The mean of 1 − mean pairwise cosine over lists of two or more items; 0 without such a list.
    ///
    /// - Complexity: O(pairs in lists) memory, and the time of the cosines of distinct pairs.
    func diversity(of lists: [ArraySlice<Int>], threads: Int) -> Double {
        let counted = lists.filter { $0.count > 1 }
        guard !counted.isEmpty else { return 0 }
        // Popular pairs occur in thousands of lists; grouped by item, each cosine is computed once.
        let meetings = meetings(in: counted)
        let similarities = Parallel.map(byItem.rows, threads: threads) { item in
            guard !meetings[item].isEmpty else { return 0.0 }
            let ratings = dense(item)
            var sum = 0.0
            var last: (partner: Int32, cosine: Double) = (-1, 0)
            for meeting in meetings[item].sorted() {
                if meeting.partner != last.partner {
                    last = (meeting.partner, cosine(item, dense: ratings, Int(meeting.partner)))
                }
                let length = Double(meeting.listLength)
                sum += last.cosine / (length * (length - 1) / 2)
            }
            return sum
        }
        return 1 - similarities.reduce(0, +) / Double(counted.count)
    }

    private func meetings(in lists: [ArraySlice<Int>]) -> [[Meeting]] {
        var meetings = [[Meeting]](repeating: [], count: byItem.rows)
        for list in lists {
            let items = list.sorted()
            for (place, item) in items.enumerated() {
                for partner in items[(place + 1)...] {
                    meetings[item].append(Meeting(partner: Int32(partner), listLength: Int32(items.count)))
                }
            }
        }
        return meetings
    }
}
