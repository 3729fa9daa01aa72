public import CKindred
import Kindred

@c @implementation
public func kindred_model_explain(
    _ model: OpaquePointer?, _ user: Int32, _ item: Int32, _ ratings: UnsafePointer<kindred_csr>?,
    _ call: OpaquePointer?, _ capacity: Int64, _ count: UnsafeMutablePointer<Int64>?,
    _ others: UnsafeMutablePointer<Int32>?, _ rated: UnsafeMutablePointer<Float>?,
    _ shares: UnsafeMutablePointer<Float>?
) -> kindred_status {
    answer(call) { _ in
        let held = try HeldModel.of(model)
        let person = try unsafe person(user, ratings, of: held)
        guard (0..<held.ratings.items.count).contains(Int(item)) else {
            throw Failure.value("item \(item); there are \(held.ratings.items.count), counted from 0")
        }
        guard capacity >= 0 else { throw Failure.value("room for \(capacity) reasons") }
        let reasons = try reasons(of: Int(item), to: person, held)
        unsafe count?.pointee = Int64(reasons.count)
        let shown = reasons.prefix(Int(min(capacity, Int64(reasons.count))))
        unsafe copy(shown.map(\.other), to: others)
        unsafe copy(shown.map(\.rated), to: rated)
        unsafe copy(shown.map(\.share), to: shares)
    }
}

/// What speaks for an item: another item or a near user, a rating, and what it adds.
private typealias Reason = (other: Int32, rated: Float, share: Float)

private func reasons(of item: Int, to person: Person, _ held: HeldModel) throws -> [Reason] {
    switch try held.model.explanation(of: item, for: person) {
    case .neighbors(let evidence):
        return evidence.raters.map { ($0.neighbor.user, $0.rating, $0.neighbor.similarity) }
    case .stars(let contributions), .shares(let contributions):
        return contributions.map { (Int32($0.item), $0.rating, $0.value) }
    case .distribution, nil:
        throw Failure.value("\(held.kind.rawValue) has no reasons; als, implicit, blend, ease and knn have")
    }
}

/// Whom a question is about: the user by the training ratings, or whoever has these ratings.
private func person(
    _ user: Int32, _ ratings: UnsafePointer<kindred_csr>?, of held: HeldModel
) throws(Failure) -> Person {
    guard unsafe ratings == nil else {
        let rows = try unsafe GuestRows(ratings, of: held, threads: 1)
        guard rows.matrix.rows == 1 else {
            throw .value("the matrix of ratings has \(rows.matrix.rows) rows; one is explained")
        }
        return Person(guest: rows[0])
    }
    guard (0..<held.ratings.users.count).contains(Int(user)) else {
        throw .value("user \(user); there are \(held.ratings.users.count), counted from 0")
    }
    return Person(user: Int(user), of: held.ratings)
}
