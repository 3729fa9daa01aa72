/// Which cells of a table may be told, so that neither a cell nor a difference of cells is about fewer people than the smallest
/// group.
///
/// A parent is cut into children, as a month into days, and its own figure may be told. Children with too few people are hidden.
/// Their rest, the parent without the children that are told, follows by subtraction; where it is of too few people as well, the
/// child with the fewest people that would be told is hidden too (complementary suppression: Cox 1980). That child alone has
/// enough people, so one is enough. Children of a hidden parent are hidden.
///
/// Told sets nest, so all that sums and differences of them tell is unions of told leaves and of rests, each of nobody or of
/// enough people.
///
/// With k = 5, a day of three hours with 9, 6 and 2 people tells the first alone: without the second, the day less both would be
/// those 2. A fourth hour with 3 others makes a rest of 5 people, and the first two are told.
public struct Suppression: Sendable {
    public let group: SmallestGroup

    public init(_ group: SmallestGroup) { self.group = group }

    /// Whether each child may be told.
    ///
    /// - Parameters:
    ///   - people: the number of distinct people of each child.
    ///   - parents: the parent of each child.
    ///   - tellsParent: whether each parent is told.
    ///   - rest: of each parent, the number of distinct people in what is hidden anyway: in its children of too few, and in
    ///     what belongs to none of its children.
    /// - Returns: one for each child. Of children with equally many people the first is hidden.
    /// - Complexity: O(children + parents).
    public func told(people: [Int], parents: [Int], tellsParent: [Bool], rest: [Int]) -> [Bool] {
        precondition(people.count == parents.count && tellsParent.count == rest.count, "a number for each cell")
        var told = people.indices.map { tellsParent[parents[$0]] && group.allows(people[$0]) }
        var fewest = [Int?](repeating: nil, count: rest.count)
        for child in people.indices where told[child] && people[child] > 0 {
            let parent = parents[child]
            if fewest[parent].map({ people[child] < people[$0] }) ?? true { fewest[parent] = child }
        }
        for parent in rest.indices where !group.allows(rest[parent]) {
            if let child = fewest[parent] { told[child] = false }
        }
        return told
    }

    /// The same for one parent that is told.
    public func told(people: [Int], rest: Int) -> [Bool] {
        told(people: people, parents: people.map { _ in 0 }, tellsParent: [true], rest: [rest])
    }
}

extension SmallestGroup {
    /// Whether neither a part of some people nor those without it are too few.
    public func allows(_ part: Int, of whole: Int) -> Bool { allows(part) && allows(whole - part) }
}
