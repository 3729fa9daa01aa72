public import LinearAlgebra
public import Privacy
public import Ratings

/// Which figures of items may be told to those who may not see figures of few people.
///
/// Ratings are cut by item, and the items that are told of are suppressed as the views of the store suppress them. Within an
/// item, ratings are cut by value: its distribution is told whole or not at all, and beside the figures of each value over all
/// items, so that what is left of a value without the distributions is of enough people or of none.
public struct ToldItems: Sendable {
    /// Whether the number and the mean of an item's ratings are told.
    public let figures: [Bool]
    /// Whether the number of its ratings by value is told.
    public let distributions: [Bool]

    /// - Parameter byItem: the ratings, with items as rows.
    /// - Complexity: O(ratings).
    public init(_ ratings: RatingMatrix, byItem: SparseMatrix<Float>, hiding group: SmallestGroup) {
        let counts = (0..<byItem.rows).map { byItem.entries(ofRow: $0).count }
        let raters = (0..<ratings.byUser.rows).count { !ratings.byUser.entries(ofRow: $0).isEmpty }
        let cut = ItemCut(byItem: byItem, users: ratings.byUser.rows, group: group)
        // The first of equals is hidden: by id, as in the views.
        let order = counts.indices.sorted { (one, other) in
            ratings.items[one].utf8.lexicographicallyPrecedes(ratings.items[other].utf8)
        }
        let told = Suppression(group).told(
            people: order.map { counts[$0] }, parents: order.map { _ in 0 }, tellsParent: [group.allows(raters)],
            rest: [cut.people(ofItems: counts.indices.filter { !group.allows(counts[$0]) })])
        var figures = [Bool](repeating: false, count: counts.count)
        for (item, isTold) in zip(order, told) { figures[item] = isTold }
        self.figures = figures
        distributions = cut.distributions(of: order.filter { figures[$0] && counts[$0] > 0 }, raters: raters)
    }
}

/// Ratings by item and value.
private struct ItemCut {
    let byItem: SparseMatrix<Float>
    let users: Int
    let group: SmallestGroup

    /// How many people have rated some of the items.
    func people(ofItems items: [Int]) -> Int {
        var marks = [Bool](repeating: false, count: users)
        for item in items {
            for entry in byItem.entries(ofRow: item) { marks[Int(byItem.columnIndices[entry])] = true }
        }
        return marks.count { $0 }
    }

    /// - Parameter items: those with figures that are told.
    func distributions(of items: [Int], raters: Int) -> [Bool] {
        let values = Set(byItem.values).sorted()
        let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        let all = Array(0..<byItem.rows)
        let people = peopleByValue(ofItems: all, places)
        let small = Set(people.indices.filter { !group.allows(people[$0]) })
        let toldValues = Suppression(group).told(
            people: people, parents: people.map { _ in 0 }, tellsParent: [group.allows(raters)],
            rest: [self.people(byItem.values.indices.filter { small.contains(places[byItem.values[$0]] ?? 0) })])
        var told = [Bool](repeating: false, count: byItem.rows)
        var counts: [Int: [Int]] = [:]
        for item in items {
            let found = byItem.values[byItem.entries(ofRow: item)].reduce(
                into: [Int](repeating: 0, count: values.count)
            ) {
                $0[places[$1] ?? 0] += 1
            }
            told[item] = found.indices.allSatisfy { found[$0] == 0 || (group.allows(found[$0]) && toldValues[$0]) }
            if told[item] { counts[item] = found }
        }
        // Of each value, what is left beside the distributions that are told.
        let rest = peopleByValue(ofItems: all.filter { !told[$0] }, places)
        for value in rest.indices where !group.allows(rest[value]) {
            let given = items.filter { told[$0] && counts[$0]?[value] ?? 0 > 0 }
            // Without it the rest is of enough people; another value may have hidden one already.
            let isEnough = items.contains { !told[$0] && counts[$0]?[value] ?? 0 > 0 }
            if !isEnough, let item = given.min(by: { counts[$0]?[value] ?? 0 < counts[$1]?[value] ?? 0 }) {
                told[item] = false
            }
        }
        return told
    }

    private func peopleByValue(ofItems items: [Int], _ places: [Float: Int]) -> [Int] {
        var marks = [Bool](repeating: false, count: users * places.count)
        for item in items {
            for entry in byItem.entries(ofRow: item) {
                marks[Int(byItem.columnIndices[entry]) * places.count + (places[byItem.values[entry]] ?? 0)] = true
            }
        }
        return (0..<places.count).map { place in
            stride(from: place, to: marks.count, by: places.count).count { marks[$0] }
        }
    }

    private func people(_ entries: [Int]) -> Int { Set(entries.map { byItem.columnIndices[$0] }).count }
}
