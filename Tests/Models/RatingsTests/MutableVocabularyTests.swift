import LinearAlgebra
import Ratings
import Testing

struct MutableVocabularyTests {
    /// A vocabulary is settled by the ratings that it belongs to.
    private func ranks(_ ratings: MutableRatings) -> [Int32] {
        (0..<ratings.users.count).map { ratings.users.rank(of: $0) }
    }

    @Test func `a text turns the order of numbers to bytes, until it goes`() {
        var ratings = MutableRatings()
        let item = ratings.addItem("1")
        for id in ["9", "10", "100"] { ratings.set(3, user: ratings.addUser(id), item: item) }
        #expect(ratings.settle().reordersUsers == false)
        #expect(ranks(ratings) == [0, 1, 2] && ratings.users.isNumeric)

        let text = ratings.addUser("x")
        #expect(text == 3 && ratings.addUser("x") == 3 && ratings.users.number(of: "x") == 3)
        #expect(ratings.users.isNumeric && !ratings.users.isPresent(text))
        ratings.set(4, user: text, item: item)
        #expect(ratings.settle().reordersUsers)
        #expect(ranks(ratings) == [2, 0, 1, 3] && !ratings.users.isNumeric)
        #expect(ratings.users.presentNumbers == [1, 2, 0, 3])

        ratings.set(nil, user: text, item: item)
        #expect(ratings.settle().reordersUsers)
        #expect(ranks(ratings) == [0, 1, 2, 3] && ratings.users.isNumeric)
        #expect(ratings.users.presentNumbers == [0, 1, 2] && ratings.users.presentCount == 3)
    }

    @Test func `new IDs keep the ranks of old ones in order`() {
        var ratings = MutableRatings()
        let item = ratings.addItem("1")
        for ids in [["5", "1"], ["3"], ["0", "9", "4"]] {
            for id in ids { ratings.set(1, user: ratings.addUser(id), item: item) }
            #expect(ratings.settle().reordersUsers == false)
        }
        #expect(ranks(ratings) == [4, 1, 2, 0, 5, 3])
        #expect(ratings.users.vocabulary == Vocabulary(["0", "1", "3", "4", "5", "9"]))
    }

    @Test func `differently composed accents are different IDs`() {
        var vocabulary = MutableVocabulary()
        #expect(vocabulary.add("\u{E9}") == 0)
        #expect(vocabulary.add("e\u{301}") == 1)
        #expect(vocabulary.id(of: 1).utf8.elementsEqual("e\u{301}".utf8))
    }
}
