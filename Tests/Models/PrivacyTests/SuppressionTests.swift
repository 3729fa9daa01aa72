import Privacy
import Testing

struct SuppressionTests {
    private let suppression = Suppression(SmallestGroup())

    @Test func `the hours of a day are told where what is left of it is of five people`() {
        #expect(suppression.told(people: [9, 6, 2], rest: 2) == [true, false, false])
        #expect(suppression.told(people: [9, 6, 2, 3], rest: 5) == [true, true, false, false])
    }

    @Test func `children of nobody are told, and never hidden for others`() {
        #expect(suppression.told(people: [0, 9, 2], rest: 2) == [true, false, false])
        #expect(suppression.told(people: [0, 9, 8], rest: 0) == [true, true, true])
    }

    @Test func `of equals the first is hidden, and a parent without a child to hide stays told by itself`() {
        #expect(suppression.told(people: [6, 6, 1], rest: 1) == [false, true, false])
        #expect(suppression.told(people: [3, 4], rest: 4) == [false, false])
    }

    @Test func `children of a hidden parent are hidden`() {
        let told = suppression.told(
            people: [9, 6, 9, 2], parents: [0, 0, 1, 1], tellsParent: [false, true], rest: [0, 5])
        #expect(told == [false, false, true, false])
    }

    @Test func `a group of one hides nothing`() {
        #expect(Suppression(SmallestGroup(size: 1)).told(people: [1, 0, 7], rest: 1) == [true, true, true])
    }

    @Test func `a part is told where neither it nor what it lacks is too small`() {
        let group = SmallestGroup()
        #expect(group.allows(5, of: 10) && group.allows(10, of: 10) && group.allows(0, of: 10))
        #expect(!group.allows(6, of: 10) && !group.allows(4, of: 10))
    }
}
