public import CKindred
import Kindred

/// Ratings by handle: `kindred_ratings`.
final class HeldRatings: Sendable {
    let dataset: Dataset
    var matrix: RatingMatrix { dataset.ratings }

    init(_ dataset: Dataset) { self.dataset = dataset }

    /// - Throws: `Failure` for a handle of no ratings.
    @safe static func of(_ handle: OpaquePointer?) throws(Failure) -> HeldRatings {
        try Handles.object(handle, noun: "ratings")
    }
}

/// Where a function puts its result.
///
/// - Throws: `Failure` for NULL.
func place<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ name: String) throws(Failure) -> UnsafeMutablePointer<
    Value
> {
    guard let pointer = unsafe pointer else { throw .value("\(name) is NULL; it has to be a place for the result") }
    return unsafe pointer
}

@c @implementation
public func kindred_ratings_make(
    _ matrix: UnsafePointer<kindred_csr>?, _ users: UnsafePointer<kindred_ids>?, _ items: UnsafePointer<kindred_ids>?,
    _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?, _ ratings: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { _ in
        let result = try unsafe place(ratings, "ratings")
        var options = try unsafe OptionLines(options)
        let source = options.text("source") ?? "ratings"
        let threads = try options.threads()
        try options.requireNoOther()
        let input = try unsafe MatrixInput(matrix, "the matrix")
        guard input.rows > 0, input.columns > 0 else {
            throw Failure.value(
                "the matrix has \(input.rows) users and \(input.columns) items; at least one of both is needed")
        }
        try requireMemory(
            vocabularyBytes * (input.rows + input.columns), "\(input.rows) users and \(input.columns) items")
        let sparse = try input.sparse(threads: threads)
        guard sparse.count > 0 else { throw Failure.value("the matrix has no entries; at least one rating is needed") }
        let (users, items) = try unsafe (
            Vocabulary(users, of: "user", count: input.rows), Vocabulary(items, of: "item", count: input.columns)
        )
        let held = HeldRatings(
            Dataset(ratings: RatingMatrix(users: users, items: items, byUser: sparse), source: source))
        unsafe result.pointee = Handles.insert(held)
    }
}

@c @implementation
public func kindred_ratings_free(_ ratings: OpaquePointer?) { Handles.remove(ratings, HeldRatings.self) }

/// What ids, catalog and counts of a user or an item take at most, beside the ids' own text.
private let vocabularyBytes = 64
