import LinearAlgebra
import Ratings

/// Side information for likes, as extra rows and columns of the closed forms.
///
/// Users of similar age or of the same month rate more alike than others; films of a genre are liked by the same users;
/// and items rated within about a minute were shown on one page. Each of the three improves ranking inside u1.base.
struct LikingFeatures {
    /// Shape (users, features): attributes, and the share of the user's ratings in each span of 30 days from the first
    /// rating on.
    let users: SparseMatrix<Float>
    /// Shape (items, features): genres and years.
    let items: SparseMatrix<Float>

    private static let month = 30.0 * 86_400
    /// The pause in seconds after which a new session starts.
    private static let pause = 60.0

    init(_ side: SideInformation, _ ratings: RatingMatrix) {
        let attributes = Self.columns(side.users, rows: ratings.users.count)
        users = ratings.timestamps.map { attributes.beside(Self.months(of: ratings.byUser, $0)) } ?? attributes
        items = Self.columns(side.items, rows: ratings.items.count)
    }

    /// No features.
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

    /// One row per session: the rows of a matrix, split where the user paused for more than a minute.
    ///
    /// Ratings at 0, 50, 100 and 170 s are two sessions, of three ratings and of one.
    ///
    /// - Parameter times: the time of each entry.
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
    /// All entries times a factor.
    func scaled(by factor: Float) -> SparseMatrix<Float> { withValues(values.map { factor * $0 }) }

    /// The product with another sparse matrix of few columns.
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
