import FileOutput
import Foundation
import LinearAlgebra
import Ratings

/// NPY files of a folder, validated against what they index.
struct StoredArrays {
    /// Whole files by name.
    let files: [String: Data]
    /// What stands before a name in errors.
    var place = ""
    /// What to do about damage.
    var remedy = NPYContents.remedy

    func contents(_ name: String) throws(InputError) -> NPYContents {
        guard let data = files["\(name).npy"] else { throw damaged(name, "it is missing") }
        return try NPYContents(data, file: place + name, remedy: remedy)
    }

    func indices(_ name: String, below limit: Int) throws(InputError) -> [Int32] {
        let values = try contents(name).shortIntegers()
        guard values.allSatisfy({ $0 >= 0 && $0 < limit }) else {
            throw damaged(name, "an index is not below \(limit)")
        }
        return values
    }

    func offsets(_ name: String, rows: Int, entries: Int) throws(InputError) -> [Int] {
        let values = try contents(name).integers().map(Int.init)
        guard values.count == rows + 1, values.first == 0, values.last == entries,
            zip(values, values.dropFirst()).allSatisfy(<=)
        else { throw damaged(name, "its offsets are invalid") }
        return values
    }

    /// Ratings by user: `rating_offsets`, `rating_items`, `rating_values`.
    func ratings(users: Int, items: Int) throws(InputError) -> SparseMatrix<Float> {
        let columns = try indices("rating_items", below: items)
        let values = try contents("rating_values").floats()
        let offsets = try offsets("rating_offsets", rows: users, entries: columns.count)
        guard values.count == columns.count else { throw damaged("rating_values", "its length differs") }
        guard values.allSatisfy(RatingScale.widest.contains) else {
            throw damaged("rating_values", "it has a number that is no rating")
        }
        guard (0..<users).allSatisfy({ Self.ascends(columns[offsets[$0]..<offsets[$0 + 1]]) }) else {
            throw damaged("rating_items", "the items of a user do not ascend")
        }
        return SparseMatrix(columns: items, rowOffsets: offsets, columnIndices: columns, values: values)
    }

    func damaged(_ name: String, _ problem: String) -> InputError {
        NPYContents.damaged(place + name, problem, remedy: remedy)
    }

    private static func ascends(_ items: ArraySlice<Int32>) -> Bool { zip(items, items.dropFirst()).allSatisfy(<) }
}
