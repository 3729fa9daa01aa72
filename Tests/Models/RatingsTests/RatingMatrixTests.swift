import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct RatingMatrixTests {
    let users = Vocabulary(["1", "2"])
    let items = Vocabulary(["10", "20", "30"])

    private func assemble(
        _ rows: [(Int32, Int32, Float, Int64)], _ policy: DuplicatePolicy?, hasTimestamps: Bool = true
    ) throws -> (matrix: RatingMatrix, duplicateCount: Int) {
        try RatingMatrix.assemble(
            [
                RatingEntries(
                    users: rows.map(\.0), items: rows.map(\.1), values: rows.map(\.2),
                    timestamps: hasTimestamps ? rows.map(\.3) : nil)
            ],
            users: users, items: items, duplicates: policy)
    }

    @Test func `rows are sorted by user and item`() throws {
        let (matrix, duplicates) = try assemble(
            [(1, 2, 3, 0), (0, 1, 4, 0), (1, 0, 5, 0), (0, 0, 2, 0)], .error)
        #expect(duplicates == 0)
        #expect(matrix.byUser.rowOffsets == [0, 2, 4])
        #expect(matrix.byUser.columnIndices == [0, 1, 0, 2])
        #expect(matrix.byUser.values == [2, 4, 5, 3])
        #expect(matrix.userMeans == [3, 4])
        #expect(matrix.itemCounts == [2, 1, 1])
    }

    @Test(
        arguments: [
            (nil, 4), (.last, 4), (.first, 2), (.mean, 3), (.sum, 9), (.count, 3),
        ] as [(DuplicatePolicy?, Float)])
    func `duplicates follow the policy in any order`(_ policy: DuplicatePolicy?, _ expected: Float) throws {
        let rows: [(Int32, Int32, Float, Int64)] = [(0, 1, 2, 5), (0, 1, 4, 9), (0, 1, 3, 7)]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
            let (matrix, duplicates) = try assemble(order.map { rows[$0] }, policy)
            #expect(matrix.byUser.values == [expected])
            #expect(duplicates == 2)
        }
    }

    @Test func `duplicates with equal timestamps keep the highest rating`() throws {
        #expect(try assemble([(0, 0, 5, 1), (0, 0, 3, 1)], .last).matrix.byUser.values == [5])
        #expect(try assemble([(0, 0, 3, 1), (0, 0, 5, 1)], .first).matrix.byUser.values == [5])
    }

    @Test func `duplicates without timestamps follow row order unless a policy needs times`() throws {
        let rows: [(Int32, Int32, Float, Int64)] = [(0, 0, 5, 0), (0, 0, 3, 0)]
        #expect(try assemble(rows, nil, hasTimestamps: false).matrix.byUser.values == [3])
        for policy in [DuplicatePolicy.last, .first] {
            #expect(throws: RatingsError.noTimeOrder(user: "1", item: "10", count: 2, policy: policy)) {
                try assemble(rows, policy, hasTimestamps: false)
            }
            #expect(try assemble([(0, 0, 5, 0), (0, 1, 3, 0)], policy, hasTimestamps: false).duplicateCount == 0)
        }
        for (policy, value) in [(DuplicatePolicy.mean, Float(4)), (.sum, 8), (.count, 2)] {
            let matrix = try assemble(rows, policy, hasTimestamps: false).matrix
            #expect(matrix.byUser.values == [value] && matrix.timestamps == nil)
        }
    }

    /// Single rows count too, with duplicates among the others and without.
    @Test func `count is how often a pair occurs`() throws {
        #expect(try assemble([(0, 0, 5, 1), (0, 1, 3, 2)], .count).matrix.byUser.values == [1, 1])
        let (matrix, duplicates) = try assemble([(0, 0, 5, 1), (0, 1, 3, 2), (0, 1, 2, 9), (1, 2, 7, 4)], .count)
        #expect(matrix.byUser.values == [1, 2, 1] && matrix.timestamps == [1, 9, 4] && duplicates == 1)
    }

    /// 0.1, 0.2, 0.3 and a large number: any order of addition gives the same bits.
    @Test func `sums do not depend on row order`() throws {
        let values: [Float] = [0.1, 1e8, 0.3, -1e8, 0.2, 0.7]
        let sums = try Set(
            (0..<6).map { shift in
                let rows = (0..<6).map { (Int32(0), Int32(0), values[($0 * 5 + shift) % 6], Int64($0)) }
                return try assemble(rows, .sum).matrix.byUser.values[0]
            })
        #expect(sums.count == 1)
    }

    @Test func `policy error rejects duplicates`() {
        #expect(throws: RatingsError.duplicate(user: "1", item: "20", count: 2)) {
            try assemble([(0, 1, 2, 5), (0, 1, 2, 5)], .error)
        }
    }

    @Test(
        arguments: [
            ([1, 5], 1), ([0.5, 5], 0.5), ([0.3, 5], nil),
        ] as [([Float], Float?)])
    func `scale is inferred from the data`(_ values: [Float], _ step: Float?) throws {
        let rows = values.enumerated().map { (Int32(0), Int32($0.offset), $0.element, Int64(0)) }
        let scale = RatingScale(of: try assemble(rows, .last).matrix)
        #expect(scale?.minimum == values.min() && scale?.maximum == values.max() && scale?.step == step)
    }

    /// IDs appear, disappear and turn from numbers into text.
    @Test func `changes between two matrices are counted`() {
        func matrix(_ ratings: [String: Float], _ items: [String]) -> RatingMatrix {
            let users = Vocabulary(Set(ratings.keys.map { String($0.split(separator: "/")[0]) }).sorted())
            let items = Vocabulary(items)
            let rows = (0..<users.count).map { user in
                (0..<items.count).compactMap { item in
                    ratings["\(users[user])/\(items[item])"].map { (item: item, rating: $0) }
                }
            }
            let numbered = RatingMatrix(rows: rows, itemCount: items.count)
            return RatingMatrix(users: users, items: items, byUser: numbered.byUser)
        }
        let before = matrix(["1/10": 3, "1/2": 4, "2/2": 5], ["2", "10", "30"])
        #expect(before.changeCount(since: before) == 0)
        let cases: [([String: Float], [String], Int)] = [
            // A rating added, removed, changed.
            (["1/10": 3, "1/2": 4, "2/2": 5, "2/10": 1], ["2", "10", "30"], 1),
            (["1/10": 3, "2/2": 5], ["2", "10", "30"], 1),
            (["1/10": 3, "1/2": 4.5, "2/2": 5], ["2", "10", "30"], 1),
            // An unrated item removed, a user with a rating added, a user removed.
            (["1/10": 3, "1/2": 4, "2/2": 5], ["2", "10"], 1),
            (["1/10": 3, "1/2": 4, "2/2": 5, "3/2": 2], ["2", "10", "30"], 2),
            (["1/10": 3, "1/2": 4], ["2", "10", "30"], 2),
            // As text, 10 sorts before 2.
            (["1/10": 3, "1/2": 4, "2/2": 5, "1/a": 2], ["2", "10", "30", "a"], 2),
        ]
        for (ratings, items, expected) in cases {
            let after = matrix(ratings, items)
            #expect(after.changeCount(since: before) == expected && before.changeCount(since: after) == expected)
        }
    }
}
