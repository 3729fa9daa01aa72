import LinearAlgebra
import Neighbors
import Testing

struct ListMergeTests {
    private func lists(_ rows: [Int32: [(Int32, Float)]], _ order: [Int32]) -> ListMerge.Lists {
        ListMerge.Lists(
            ids: order,
            table: NeighborTable(
                rows: order.map { id in
                    (rows[id] ?? []).map { Neighbor(user: $0.0, similarity: $0.1, support: $0.0 * 10) }
                }))
    }

    @Test func `lists merge as in the worked example`() {
        var merge = ListMerge(neighbors: 3)
        merge.add(lists([9: [(7, 0.9), (3, 0.5)], 2: [(1, 0.1)]], [9, 2, 4]))
        merge.add(lists([9: [(5, 0.9), (8, 0.4)]], [9]))
        let merged = merge.merged(threads: 2)
        #expect(merged.ids == [2, 4, 9])
        #expect(merged.table.neighbors(of: 2).map(\.user) == [5, 7, 3])
        #expect(merged.table.neighbors(of: 2).map(\.similarity) == [0.9, 0.9, 0.5])
        #expect(merged.table.neighbors(of: 2).map(\.support) == [50, 70, 30])
        #expect(merged.table.neighbors(of: 0).map(\.user) == [1] && merged.table.neighbors(of: 1).isEmpty)
    }

    @Test func `nothing merges into nothing`() {
        let merged = ListMerge(neighbors: 3).merged(threads: 1)
        #expect(merged.ids.isEmpty && merged.table.userCount == 0)
    }

    /// Against a sort of all entries, parts in two orders, with ties, and one part that came twice.
    @Test(arguments: [1, 2, 7, 40]) func `merge is free of the order of the parts`(_ neighbors: Int) {
        var generator = SeededGenerator(seed: UInt64(neighbors))
        var rows = [Int32: [(Int32, Float)]]()
        var parts: [ListMerge.Lists] = []
        for part in 0..<6 {
            let ids = (0..<20).filter { _ in generator.next(below: 3) > 0 }.map { Int32(3 * $0) }
            var own = [Int32: [(Int32, Float)]]()
            for id in ids {
                let list = (0..<9).filter { _ in generator.next(below: 2) == 0 }
                    .map { (Int32(10 * part + $0), Float(1 + generator.next(below: 4)) / 4) }
                    .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
                own[id] = list
                rows[id, default: []] += list
            }
            parts.append(lists(own, ids.reversed()))
        }
        for order in [parts, parts.reversed(), parts + [parts[2]]] {
            var merge = ListMerge(neighbors: neighbors)
            for part in order { merge.add(part) }
            let merged = merge.merged(threads: 3)
            #expect(merged.ids == rows.keys.sorted())
            for (row, id) in merged.ids.enumerated() {
                let expected = (rows[id] ?? []).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(neighbors)
                #expect(merged.table.neighbors(of: row).map(\.user) == expected.map(\.0))
                #expect(merged.table.neighbors(of: row).map(\.similarity) == expected.map(\.1))
            }
        }
    }
}
