import LinearAlgebra

/// One user's ratings, expanded to a dense vector for comparison with many others.
///
/// A workspace, reused user after user.
struct SharedItems<Element: BLASScalar> {
    private let matrix: SparseMatrix<Element>
    private var values: [Element]
    /// 1 for each item the user rated.
    private var marks: [UInt8]
    private var user: Int?

    init(_ matrix: SparseMatrix<Element>) {
        self.matrix = matrix
        values = Array(repeating: 0, count: matrix.columns)
        marks = Array(repeating: 0, count: matrix.columns)
    }

    mutating func take(_ user: Int) {
        if let before = self.user {
            for column in matrix.columnIndices[matrix.entries(ofRow: before)] { marks[Int(column)] = 0 }
        }
        for entry in matrix.entries(ofRow: user) {
            values[Int(matrix.columnIndices[entry])] = matrix.values[entry]
            marks[Int(matrix.columnIndices[entry])] = 1
        }
        self.user = user
    }

    /// The numbers of items the user and each of the others rated.
    ///
    /// - Parameter supports: at least as many elements as others.
    func supports(with others: [Int32], into supports: inout [Int32]) {
        matrix.sums(of: marks, overRows: others, into: &supports)
    }

    /// The sums over the items both rated, added in item order.
    func sums(with other: Int) -> PairSums {
        var sums = PairSums()
        for entry in matrix.entries(ofRow: other) {
            let item = Int(matrix.columnIndices[entry])
            if marks[item] == 1 { sums.add(Double(values[item]), Double(matrix.values[entry])) }
        }
        return sums
    }
}
