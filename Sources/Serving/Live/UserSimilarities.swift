public import Engine
import LinearAlgebra
import Neighbors
import Ratings

extension Snapshot {
    /// The similarity of every pair of some users, by the measure of the graph: a row for each, in their order, with 1 on the
    /// diagonal and 0 for those who are not alike.
    ///
    /// - Complexity: O(n² · ratings of a user) for n users.
    public func similarities(among users: [Int], _ configuration: LiveConfiguration) throws -> [[Float]] {
        var similarity = configuration.graph.similarity
        similarity.neighbors = max(1, users.count - 1)
        let allPairs = try AllPairs(similarity, threads: 1)
        // Indices have to ascend within a matrix of their own.
        let sorted = users.indices.sorted { users[$0] < users[$1] }
        let part = ratings.rows(sorted.map { users[$0] })
        let table = try allPairs.neighbors(in: part)
        var rows = [[Float]](repeating: [Float](repeating: 0, count: users.count), count: users.count)
        for (place, index) in sorted.enumerated() {
            rows[index][index] = 1
            for near in table.neighbors(of: place) { rows[index][sorted[Int(near.user)]] = near.similarity }
        }
        return rows
    }
}

extension RatingMatrix {
    /// The ratings of some users, ascending, with all items.
    func rows(_ users: [Int]) -> RatingMatrix {
        let lists = users.map(userRatings)
        let offsets = lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        return RatingMatrix(
            users: Vocabulary(users.map { self.users[$0] }), items: items,
            byUser: SparseMatrix(
                columns: items.count, rowOffsets: offsets, columnIndices: lists.flatMap(\.items),
                values: lists.flatMap(\.values)))
    }
}
