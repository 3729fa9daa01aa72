import FileOutput
import GRDB
import Ratings

/// The ids of one side, and which index each number of the store has.
struct StoredIDs {
    enum Side: String {
        case users, items

        var column: String { self == .users ? "user" : "item" }
    }

    let vocabulary: Vocabulary
    private let indices: Indices

    /// By the store's number. Imports number from 1 without gaps; other programs may do as they like.
    private enum Indices {
        /// -1 where there is none.
        case dense([Int32])
        case sparse([Int64: Int32])
    }

    /// - Parameters:
    ///   - vocabulary: the ids that count, or nil for all.
    ///   - present: the numbers that count, or nil for all.
    /// - Throws: `StoreError.inconsistent` for ids that are not as they were written.
    init(
        _ database: Database, _ side: Side, of store: Store, numbering vocabulary: Vocabulary? = nil,
        among present: Set<Int64>? = nil
    ) throws {
        var (numbers, ids): ([Int64], [String]) = ([], [])
        var changed = 0
        let rows = try Row.fetchCursor(database, sql: "SELECT \(side.column), id, seal FROM \(side.rawValue)")
        while let row = try rows.next() {
            let (number, id, seal): (Int64, String, Int64?) = try (row[at: 0], row[at: 1], row[at: 2])
            guard present?.contains(number) ?? true else { continue }
            if seal != nil, seal != RowSeal.id(number, id) { changed += 1 }
            numbers.append(number)
            ids.append(id)
        }
        guard changed == 0 else { throw store.changed(changed, "ids of \(side.rawValue)") }
        if vocabulary == nil, case let distinct = Vocabulary(ids).count, distinct < ids.count {
            throw StoreError.inconsistent(
                path: store.path, problem: "\((ids.count - distinct).counted("id")) of \(side.rawValue) occur twice",
                remedy: "Restore a copy, or import the ratings into a new file.")
        }
        let vocabulary = vocabulary ?? Vocabulary(ids)
        self.vocabulary = vocabulary
        indices = Self.indices(numbers, ids.map { Int32(vocabulary.index(of: $0) ?? -1) })
    }

    private static func indices(_ numbers: [Int64], _ places: [Int32]) -> Indices {
        let most = numbers.max() ?? 0
        guard (numbers.min() ?? 0) >= 0, most <= 8 * numbers.count + 1_024 else {
            return .sparse(Dictionary(zip(numbers, places)) { first, _ in first }.filter { $0.value >= 0 })
        }
        var indices = [Int32](repeating: -1, count: Int(most) + 1)
        for (number, place) in zip(numbers, places) { indices[Int(number)] = place }
        return .dense(indices)
    }

    func index(of number: Int64) -> Int? {
        switch indices {
        case .dense(let indices):
            guard number >= 0, number < indices.count, indices[Int(number)] >= 0 else { return nil }
            return Int(indices[Int(number)])
        case .sparse(let indices): return indices[number].map(Int.init)
        }
    }
}
