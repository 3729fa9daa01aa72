public import CKindred
import Kindred

@c @implementation
public func kindred_model_recommend(
    _ model: OpaquePointer?, _ query: UnsafePointer<kindred_query>?, _ length: Int64, _ options: UnsafePointer<CChar>?,
    _ call: OpaquePointer?, _ items: UnsafeMutablePointer<Int32>?, _ scores: UnsafeMutablePointer<Float>?
) -> kindred_status {
    answer(call) { call in
        let held = try HeldModel.of(model)
        var options = try unsafe OptionLines(options)
        let threads = try options.threads()
        try options.requireNoOther()
        guard (1...Int64(Int32.max)).contains(length) else {
            throw Failure.value("a list of \(length) items; it has to have at least one")
        }
        let query = try unsafe ListQuery(query, of: held, threads: threads)
        let lists = try query.lists(length: min(Int(length), held.ratings.items.count), call)
        for (row, list) in lists.enumerated() {
            for place in 0..<Int(length) {
                let ranked = place < list.count ? list[place] : RankedItem(item: -1, score: .nan)
                unsafe items?[row * Int(length) + place] = ranked.item
                unsafe scores?[row * Int(length) + place] = ranked.score
            }
        }
    }
}

/// Lists to make: for whom, and of which items.
private struct ListQuery {
    private let held: HeldModel
    private let recommender: any ItemRecommender
    private let threads: Int
    private let count: Int
    /// The users; empty where all are folded in.
    private let users: [Int]
    private let guests: GuestRows?
    private let excludesRated: Bool
    /// Items that no list has.
    private let excluded: [Int32]

    init(_ query: UnsafePointer<kindred_query>?, of held: HeldModel, threads: Int) throws(Failure) {
        guard let query = unsafe query?.pointee else { throw .value("the query is missing") }
        guard let recommender = held.model.recommender else {
            throw .value("\(held.kind.rawValue) predicts ratings and makes no lists; use another model")
        }
        guard unsafe (0...Int64(Int32.max)).contains(query.count) else {
            throw unsafe .value("the query is for \(query.count) lists")
        }
        (self.held, self.recommender, self.threads) = (held, recommender, threads)
        count = unsafe Int(query.count)
        excludesRated = unsafe query.exclude_rated != 0
        guests = try unsafe query.ratings == nil ? nil : GuestRows(query.ratings, of: held, threads: threads)
        if let guests, guests.matrix.rows != count {
            throw .value("the matrix of ratings has \(guests.matrix.rows) rows for \(count) lists")
        }
        if unsafe query.fold != 0 || query.users == nil {
            guard guests != nil else {
                throw .value("users are folded in by ratings; the matrix of ratings is missing")
            }
            users = []
        } else {
            users = try unsafe numbers(query.users, query.count, below: held.ratings.users.count, "user").map(Int.init)
        }
        let items = held.ratings.items.count
        let left = try unsafe numbers(query.excluded, query.excluded_count, below: items, "excluded item")
        guard unsafe query.allowed != nil else {
            excluded = left
            return
        }
        var isAllowed = [Bool](repeating: false, count: items)
        for item in try unsafe numbers(query.allowed, query.allowed_count, below: items, "allowed item") {
            isAllowed[Int(item)] = true
        }
        for item in left { isAllowed[Int(item)] = false }
        excluded = isAllowed.indices.filter { !isAllowed[$0] }.map(Int32.init)
    }

    func lists(length: Int, _ call: Call) throws -> [[RankedItem]] {
        guard !users.isEmpty || count == 0 else {
            let guests = guests
            return try answers(count, threads: threads, call) { place in
                try recommender.rankedItems(
                    foldingIn: guests?[place] ?? UserRatings([]), count: length, excluding: excluded(at: place))
            }
        }
        // The products of many users with all items at once; few users are not worth preparing them.
        guard count >= 32 else {
            return try answers(count, threads: threads, call) { place in
                recommender.rankedItems(user: users[place], count: length, excluding: excluded(at: place))
            }
        }
        let lists = recommender.topLists(
            of: users, count: length, threads: threads, progress: { call.report($0) }, excluding: { excluded(at: $0) })
        try requireGoingOn()
        return lists
    }

    /// What the list at a place leaves out.
    private func excluded(at place: Int) -> ArraySlice<Int32> {
        guard excludesRated else { return excluded[...] }
        let rated: ArraySlice<Int32>
        if let guests {
            rated = guests.matrix.columnIndices[guests.matrix.entries(ofRow: place)]
        } else {
            let ratings = held.ratings.byUser
            rated = ratings.columnIndices[ratings.entries(ofRow: users[place])]
        }
        return excluded.isEmpty ? rated : rated + excluded
    }
}

/// Numbers of users or items that C gives.
///
/// - Parameter least: −1 where unknown ones are allowed.
/// - Throws: `Failure` for one out of range, or a missing array.
func numbers(
    _ array: UnsafePointer<Int32>?, _ count: Int64, from least: Int32 = 0, below bound: Int, _ name: String
) throws(Failure) -> [Int32] {
    guard (0...Int64(Int32.max)).contains(count) else { throw .value("there are \(count) \(name)s") }
    guard count > 0 else { return [] }
    guard let array = unsafe array else { throw .value("the \(name)s are missing") }
    let numbers = unsafe Array(UnsafeBufferPointer(start: array, count: Int(count)))
    if let place = numbers.indices.first(where: { numbers[$0] < least || Int(numbers[$0]) >= bound }) {
        throw .value("\(name) \(numbers[place]) at place \(place); there are \(bound), counted from 0")
    }
    return numbers
}
