import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles
public import Ratings
import Synthetic

/// The rating matrix of a synthetic shape with seed 1: the same for every run and every benchmark.
///
/// Ids count users and items from 1 and both vocabularies are in that order; items that nobody rates are left in.
public func ratingMatrix(_ shape: String) throws -> RatingMatrix {
    let synthetic = try syntheticRatings(shape)
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    for user in 0..<synthetic.shape.users {
        for row in synthetic.rows(ofUser: user).sorted(by: { $0.item < $1.item }) {
            columns.append(Int32(row.item))
            values.append(Float(row.halfStars) / 2)
        }
        offsets.append(columns.count)
    }
    return RatingMatrix(
        users: Vocabulary((1...synthetic.shape.users).map(String.init)),
        items: Vocabulary((1...synthetic.shape.items).map(String.init)),
        byUser: SparseMatrix(
            columns: synthetic.shape.items, rowOffsets: offsets, columnIndices: columns, values: values))
}

/// Writes the ratings of a synthetic shape as CSV.
///
/// - Returns: the path of a file that is the caller's to remove.
public func ratingsFile(_ shape: String) throws -> String {
    let synthetic = try syntheticRatings(shape)
    let path = temporaryPath("ratings.csv")
    let layout = RatingsWriter(for: path)
    try OutputFile(path).write { writer throws(OutputError) in
        try layout.writeHeader(to: &writer)
        for user in 0..<synthetic.shape.users {
            for row in synthetic.rows(ofUser: user) {
                try layout.write(
                    user: user + 1, item: row.item + 1, halfStars: row.halfStars, timestamp: row.timestamp, to: &writer)
            }
        }
    }
    return path
}

/// A path that nothing else uses.
public func temporaryPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
}

/// Standard normal elements, the same for every run.
public func randomMatrix(rows: Int, columns: Int, seed: UInt64) -> DenseMatrix<Float> {
    var generator = SeededGenerator(seed: seed)
    let elements = (0..<rows * columns).map { _ in Float(generator.normal()) }
    return DenseMatrix(rows: rows, columns: columns, elements: elements)
}

private func syntheticRatings(_ shape: String) throws -> SyntheticRatings {
    SyntheticRatings(try SyntheticShape(shape), communities: 8, mixing: 0.6, seed: 1)
}
