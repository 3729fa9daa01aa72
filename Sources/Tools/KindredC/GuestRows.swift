import CKindred
import Kindred
import Synchronization

/// Ratings that come with a question: a row for each person, on the items of a model or a search.
struct GuestRows: Sendable {
    let matrix: SparseMatrix<Float>
    private let threads: Int

    /// - Throws: `Failure` for what is no matrix on these items.
    init(_ matrix: UnsafePointer<kindred_csr>?, of model: HeldModel, threads: Int) throws(Failure) {
        try unsafe self.init(matrix, items: model.ratings.items.count, of: "model", threads: threads)
    }

    /// - Parameters:
    ///   - items: how many there are.
    ///   - owner: what has these items.
    init(
        _ matrix: UnsafePointer<kindred_csr>?, items: Int, of owner: String, threads: Int
    ) throws(Failure) {
        let input = try unsafe MatrixInput(matrix, "the matrix of ratings")
        guard input.columns == items else {
            throw .value("the matrix of ratings has \(input.columns) items; those of the \(owner) are \(items)")
        }
        self.matrix = try input.sparse(threads: threads)
        self.threads = threads
    }

    /// The ratings of a person.
    subscript(row: Int) -> UserRatings {
        let entries = matrix.entries(ofRow: row)
        return UserRatings(zip(matrix.columnIndices[entries], matrix.values[entries]).lazy.map { (Int($0), $1) })
    }

    /// An answer for each person, in parallel.
    ///
    /// - Throws: the error of the lowest row that has one, or where the call is stopped.
    func map<Answer: Sendable>(
        _ call: Call, _ answer: @Sendable (UserRatings) throws -> Answer
    ) throws -> [Answer] {
        try answers(matrix.rows, threads: threads, call) { try answer(self[$0]) }
    }
}

/// The answers of many small questions, in parallel and in order.
///
/// - Throws: the error of the lowest number that has one, or where the call is stopped.
func answers<Answer: Sendable>(
    _ count: Int, threads: Int, _ call: Call, _ answer: @Sendable (Int) throws -> Answer
) throws -> [Answer] {
    let done = Atomic(0)
    let cancellation = Cancellation.current
    let results = Parallel.map(count, threads: threads) { number -> Result<Answer, any Error> in
        if cancellation.isRequested { return .failure(SimilarityError.cancelled) }
        let result = Result { try answer(number) }
        call.report(Double(done.add(1, ordering: .relaxed).newValue) / Double(count))
        return result
    }
    return try results.map { try $0.get() }
}
