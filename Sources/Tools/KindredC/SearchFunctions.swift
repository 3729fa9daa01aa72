public import CKindred
import Kindred
import Synchronization

/// A search for the neighbors of guests by handle: `kindred_search`.
final class HeldSearch: Sendable {
    let search: GuestNeighbors
    let items: Int

    init(_ search: GuestNeighbors, items: Int) {
        self.search = search
        self.items = items
    }
}

@c @implementation
public func kindred_search_make(
    _ ratings: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?,
    _ search: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { _ in
        let result = try unsafe place(search, "search")
        let ratings = try HeldRatings.of(ratings).matrix
        var options = try unsafe OptionLines(options)
        var configuration = SimilarityConfiguration()
        try options.takeMeasure(into: &configuration)
        let threads = try options.threads()
        try options.requireNoOther()
        // Vectors and their transpose, in double precision.
        try requireMemory(32 * ratings.count, "the vectors of \(ratings.count) ratings")
        let made = try GuestNeighbors(of: ratings, configuration, threads: threads)
        unsafe result.pointee = Handles.insert(HeldSearch(made, items: ratings.items.count))
    }
}

@c @implementation
public func kindred_search_free(_ search: OpaquePointer?) { Handles.remove(search, HeldSearch.self) }

@c @implementation
public func kindred_search_nearest(
    _ search: OpaquePointer?, _ guests: UnsafePointer<kindred_csr>?, _ count: Int64, _ options: UnsafePointer<CChar>?,
    _ call: OpaquePointer?, _ users: UnsafeMutablePointer<Int32>?, _ similarities: UnsafeMutablePointer<Float>?,
    _ supports: UnsafeMutablePointer<Int32>?
) -> kindred_status {
    answer(call) { call in
        let held: HeldSearch = try Handles.object(search, noun: "search")
        guard let count = Int(exactly: count), OptionRange.neighbors.contains(count) else {
            throw Failure.value("count is \(count); it has to be \(OptionRange.neighbors.words)")
        }
        var options = try unsafe OptionLines(options)
        let threads = try options.threads()
        try options.requireNoOther()
        let guests = try unsafe GuestRows(guests, items: held.items, of: "search", threads: threads)
        let rows = guests.matrix.rows
        let done = Atomic(0)
        let table = try held.search.nearest(count, of: (0..<rows).map { guests[$0] }, threads: threads) {
            call.report(Double(done.add(1, ordering: .relaxed).newValue) / Double(rows))
        }
        let lists = (0..<rows).map { table.neighbors(of: $0) }
        func padded<Value>(_ value: (Neighbor) -> Value, with rest: Value) -> [Value] {
            lists.flatMap { $0.map(value) + Array(repeating: rest, count: count - $0.count) }
        }
        unsafe copy(padded(\.user, with: -1), to: users)
        unsafe copy(padded(\.similarity, with: 0), to: similarities)
        unsafe copy(padded(\.support, with: 0), to: supports)
    }
}
