import Neighbors
import Testing
import Worker

struct MergeTaskTests {
    private func neighbor(_ user: Int32, _ similarity: Float) -> Neighbor {
        Neighbor(user: user, similarity: similarity, support: user + 1)
    }

    /// The example of `ListMerge`.
    @Test func `the nearest of several lists, ties by index`() throws {
        let one = [neighbor(7, 0.9), neighbor(3, 0.5)]
        let other = [neighbor(5, 0.9), neighbor(8, 0.4)]
        let parts = [listsFrame([(1, other), (4, [])], side: 1), listsFrame([(1, one), (9, one)])]
        for parts in [parts, parts.reversed()] {
            let answer = try run(["task": "merge", "neighbors": 3], parts)
            let merged = lists(answer.of(.lists))
            #expect(merged == [1: [other[0], one[0], one[1]], 4: [], 9: one])
            var taker = try answer.one(.lists)
            #expect(taker.integers(2) == [0, 3] && taker.int32(3) == [1, 4, 9])
        }
    }

    @Test func `no lists, no answer`() throws {
        #expect(try run(["task": "merge", "neighbors": 3]).frames.map(\.kind) == [.hello, .done])
    }

    @Test func `lists that contradict themselves are refused`() throws {
        let fine = neighbor(7, 0.5)
        for lists: [(Int32, [Neighbor])] in [
            [(2, [fine]), (1, [fine])], [(2, [fine]), (2, [fine])], [(-1, [fine])], [(1, [neighbor(7, 0)])],
            [(1, [neighbor(7, 1.5)])], [(1, [neighbor(7, .nan)])], [(1, [neighbor(-1, 0.5)])],
            [(1, [fine, neighbor(6, 0.6)])], [(1, [neighbor(8, 0.5), fine])],
        ] {
            let answer = try run(["task": "merge", "neighbors": 3], [listsFrame(lists)])
            #expect(answer.failure?.code == .badInput, "\(lists)")
        }
        let negative = Frame(.lists, Payload().integer(0, 1).int32([1]).int32([-1]))
        #expect(
            try run(["task": "merge", "neighbors": 3], [negative]).failure?.description
                == "LISTS: a row of -1 neighbors")
    }
}
