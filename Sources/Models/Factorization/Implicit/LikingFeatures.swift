import LinearAlgebra
import Ratings

/// What tells of liking beside the ratings, as further rows and columns of the closed forms.
///
/// Who is alike in age or came in the same month rates more alike than others; films of a genre are liked by the same users;
/// and what was rated within a minute or so stood on one page. Inside u1.base each of the three ranks better.
struct LikingFeatures {
    /// Shape (users, features): attributes, and of each 30 days from the first rating on the share of the user's ratings.
    let users: SparseMatrix<Float>
    /// Shape (items, features): genres and years.
    let items: SparseMatrix<Float>

    private static let month = 30.0 * 86_400
    /// Seconds after which the next rating begins another session.
    private static let pause = 60.0

    init(_ side: SideInformation, _ ratings: RatingMatrix) {
        let attributes = Self.columns(side.users, rows: ratings.users.count)
        users = ratings.timestamps.map { attributes.beside(Self.months(of: ratings.byUser, $0)) } ?? attributes
        items = Self.columns(side.items, rows: ratings.items.count)
    }

    /// None at all.
    static func none(_ ratings: RatingMatrix) -> LikingFeatures {
        LikingFeatures(
            users: columns([], rows: ratings.users.count), items: columns([], rows: ratings.items.count))
    }

    private init(users: SparseMatrix<Float>, items: SparseMatrix<Float>) {
        self.users = users
        self.items = items
    }

    private static func columns(_ groups: [FeatureGroup], rows: Int) -> SparseMatrix<Float> {
        let none = SparseMatrix<Float>(
            columns: 0, rowOffsets: Array(repeating: 0, count: rows + 1), columnIndices: [], values: [])
        return groups.reduce(none) { $0.beside($1.weights) }
    }

    /// Shape (users, months with a rating).
    private static func months(of ratings: SparseMatrix<Float>, _ times: [Int64]) -> SparseMatrix<Float> {
        let first = Double(times.min() ?? 0)
        let months = times.map { ((Double($0) - first) / month).rounded(.down) }
        let distinct = Set(months).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
        let counts = (0..<ratings.rows).map { row in
            ratings.entries(ofRow: row).reduce(into: [Int: Int]()) { $0[index[months[$1]] ?? 0, default: 0] += 1 }
                .sorted { $0.key < $1.key }
        }
        return SparseMatrix(
            columns: distinct.count, rowOffsets: counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            columnIndices: counts.flatMap { $0.map { Int32($0.key) } },
            values: zip(0..., counts).flatMap { row, counts in
                counts.map { Float($0.value) / Float(ratings.entries(ofRow: row).count) }
            })
    }

    /// The rows of a matrix cut where the user paused for more than a minute: each session is a row.
    ///
    /// Ratings at 0, 50, 100 and 170 s are two sessions, of three ratings and of one.
    ///
    /// - Parameter times: of each entry.
    static func sessions(of matrix: SparseMatrix<Float>, _ times: [Int64]) -> SparseMatrix<Float> {
        var sessions: [[Int]] = []
        for row in 0..<matrix.rows {
            var last: Double?
            for entry in matrix.entries(ofRow: row).sorted(by: { (times[$0], $0) < (times[$1], $1) }) {
                let time = Double(times[entry])
                if let last, time - last <= pause {
                    sessions[sessions.count - 1].append(entry)
                } else {
                    sessions.append([entry])
                }
                last = time
            }
        }
        let entries = sessions.flatMap { $0.sorted() }
        return SparseMatrix(
            columns: matrix.columns, rowOffsets: sessions.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            columnIndices: entries.map { matrix.columnIndices[$0] }, values: entries.map { matrix.values[$0] })
    }
}

extension SparseMatrix<Float> {
    /// Every entry times a number.
    func scaled(by factor: Float) -> SparseMatrix<Float> { withValues(values.map { factor * $0 }) }

    /// The product with another sparse matrix that has few columns.
    func times(_ other: SparseMatrix<Float>) -> SparseMatrix<Float> {
        var values: [Float] = []
        for row in 0..<rows {
            var sums = [Float](repeating: 0, count: other.columns)
            for entry in entries(ofRow: row) {
                for partner in other.entries(ofRow: Int(columnIndices[entry])) {
                    sums[Int(other.columnIndices[partner])] += self.values[entry] * other.values[partner]
                }
            }
            values += sums
        }
        return SparseMatrix(
            columns: other.columns, rowOffsets: (0...rows).map { $0 * other.columns },
            columnIndices: (0..<rows).flatMap { _ in (0..<Int32(other.columns)) }, values: values)
    }
}
