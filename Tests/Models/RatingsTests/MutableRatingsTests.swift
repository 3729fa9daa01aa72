import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct MutableRatingsTests {
    @Test func `set returns the rating before`() {
        var ratings = MutableRatings()
        let (user, item) = (ratings.addUser("u"), ratings.addItem("i"))
        #expect(ratings.set(nil, user: user, item: item) == nil)
        #expect(ratings.set(3, user: user, item: item) == nil)
        #expect(ratings.set(4, user: user, item: item) == 3)
        #expect(ratings.rating(user: user, item: item) == 4 && ratings.count == 1)
        #expect(ratings.settle().users == [0])
        // The same rating again is no change.
        #expect(ratings.set(4, user: user, item: item) == 4)
        #expect(ratings.settle().users.isEmpty)
        #expect(ratings.set(nil, user: user, item: item) == 4)
        #expect(ratings.rating(user: user, item: item) == nil && ratings.count == 0)
        #expect(ratings.settle().items == [0])
    }

    @Test func `rows follow the sorted items, though numbers stay`() {
        var ratings = MutableRatings()
        let user = ratings.addUser("u")
        for (id, value) in [("20", 2), ("3", 1), ("100", 5)] as [(String, Float)] {
            ratings.set(value, user: user, item: ratings.addItem(id))
        }
        _ = ratings.settle()
        #expect(ratings.entries(ofUser: user).map(\.value) == [2, 1, 5])
        #expect(ratings.items(of: user).map(\.value) == [1, 2, 5])
        ratings.set(3, user: user, item: ratings.addItem("x"))
        #expect(ratings.settle().reordersItems)
        // 100, 20, 3, x.
        #expect(ratings.items(of: user).map(\.value) == [5, 2, 1, 3])
    }

    @Test func `unrated items are present where they are kept`() {
        for keeps in [false, true] {
            var ratings = MutableRatings(keepsUnratedItems: keeps)
            ratings.set(3, user: ratings.addUser("u"), item: ratings.addItem("1"))
            ratings.addItem("x")
            _ = ratings.settle()
            let numbered = ratings.matrix()
            #expect(numbered.matrix.items == Vocabulary(keeps ? ["1", "x"] : ["1"]))
            #expect(numbered.itemNumbers == (keeps ? [0, 1] : [0]))
        }
    }

    @Test func `numbers are the indices of a matrix`() {
        let matrix = RatingMatrix.random(users: 30, items: 20, density: 0.3, seed: 1)
        let ratings = MutableRatings(matrix, keepsUnratedItems: true)
        #expect(ratings.count == matrix.count)
        for user in 0..<30 {
            #expect(ratings.items(of: user).map(\.number) == matrix.ratings(ofUser: user).map(\.0))
            #expect(ratings.users.id(of: user) == matrix.users[user])
        }
        // Users without ratings are absent from a matrix that is made anew.
        let numbered = ratings.matrix()
        #expect(numbered.userNumbers.map(Int.init) == (0..<30).filter { !matrix.byUser.entries(ofRow: $0).isEmpty })
        #expect(numbered.matrix.byUser.values == matrix.byUser.values)
        #expect(numbered.matrix.byUser.columnIndices == matrix.byUser.columnIndices)
    }

    /// The same ratings, assembled from nothing, after each of many random batches.
    @Test func `the matrix is that of a batch run`() throws {
        var generator = SeededGenerator(seed: 7)
        var ratings = MutableRatings()
        var reference: [ExactText: [ExactText: Float]] = [:]
        let ids = (0..<40).map { $0 < 38 ? String($0 * 7 % 40) : "t\($0)" }
        for _ in 0..<200 {
            for _ in 0..<generator.next(below: 12) {
                let (user, item) = (ids[generator.next(below: 40)], ids[generator.next(below: 40)])
                let value = generator.next(below: 3) == 0 ? nil : Float(1 + generator.next(below: 5))
                let old = reference[ExactText(user)]?[ExactText(item)]
                #expect(ratings.set(value, user: ratings.addUser(user), item: ratings.addItem(item)) == old)
                reference[ExactText(user), default: [:]][ExactText(item)] = value
            }
            _ = ratings.settle()
            let rated = reference.flatMap { user, row in row.map { (user.text, $0.key.text, $0.value) } }
            let (users, items) = (Vocabulary(rated.map(\.0)), Vocabulary(rated.map(\.1)))
            let entries = RatingEntries(
                users: rated.map { Int32(users.index(of: $0.0)!) }, items: rated.map { Int32(items.index(of: $0.1)!) },
                values: rated.map(\.2), timestamps: nil)
            let expected = try RatingMatrix.assemble([entries], users: users, items: items).matrix
            let numbered = ratings.matrix()
            #expect(numbered.matrix.users == users && numbered.matrix.items == items)
            #expect(numbered.matrix.byUser.rowOffsets == expected.byUser.rowOffsets)
            #expect(numbered.matrix.byUser.columnIndices == expected.byUser.columnIndices)
            #expect(numbered.matrix.byUser.values == expected.byUser.values)
            #expect(numbered.userNumbers.map { ratings.users.id(of: Int($0)) } == (0..<users.count).map { users[$0] })
            for item in 0..<ratings.items.count {
                let users = ratings.users(of: item)
                #expect(users.allSatisfy { ratings.rating(user: Int($0.number), item: item) == $0.value })
                #expect(
                    zip(users, users.dropFirst()).allSatisfy { a, b in
                        ratings.users.rank(of: Int(a.number)) < ratings.users.rank(of: Int(b.number))
                    })
            }
            #expect(ratings.count == rated.count)
        }
    }
}
