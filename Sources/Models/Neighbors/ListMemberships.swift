/// The lists that each user is in, so that a batch looks only at the lists of changed users.
struct ListMemberships: Sendable {
    /// By number, in no order.
    private var lists: [[Int32]] = []
    /// Those of the new list during a replacement, else false.
    private var isNew: [Bool] = []

    subscript(user: Int32) -> [Int32] { lists[Int(user)] }

    mutating func grow(to count: Int) {
        lists += Array(repeating: [], count: count - lists.count)
        isNew += Array(repeating: false, count: count - isNew.count)
    }

    /// - Parameters:
    ///   - old: the members of the list so far, each once; likewise `new`.
    ///   - list: the number of the user whose list it is.
    /// - Complexity: O(members), plus O(lists of the user) for each who leaves.
    mutating func replace(_ old: [Neighbor], with new: [Neighbor], in list: Int32) {
        for member in new { isNew[Int(member.user)] = true }
        for member in old.lazy.map({ Int($0.user) }) {
            if isNew[member] { isNew[member] = false } else { remove(list, from: member) }
        }
        // What is still marked was not there before.
        for member in new.lazy.map({ Int($0.user) }) where isNew[member] {
            lists[member].append(list)
            isNew[member] = false
        }
    }

    private mutating func remove(_ list: Int32, from member: Int) {
        guard let place = lists[member].firstIndex(of: list) else { return }
        lists[member].swapAt(place, lists[member].count - 1)
        lists[member].removeLast()
    }
}
