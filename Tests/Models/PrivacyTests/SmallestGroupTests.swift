import Privacy
import Testing

struct SmallestGroupTests {
    @Test func `groups of nobody and of five may be told, those between may not`() {
        let group = SmallestGroup()
        #expect((0...6).map(group.allows) == [true, false, false, false, false, true, true])
        #expect(SmallestGroup(size: 1).allows(1))
    }
}
