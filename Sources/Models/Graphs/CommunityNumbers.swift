/// Numbers of communities that stay while a community stays.
///
/// A `Partition` numbers communities by size, so that the numbering is unique; when vertices move, its numbers may all
/// change. These follow instead: a community keeps the number of the one before with which it shares the most vertices.
/// Numbers are not contiguous: when a community disappears, its number stays free until a new community takes it.
///
/// Numbers 0 0 0 1 1 before, and the communities {0, 1}, {2, 3, 4} now: 0 and the first share two vertices, as do 1 and
/// the second, so both stay. In {0, 1, 2, 3, 4} 0 alone is left.
public struct CommunityNumbers: Sendable, Equatable {
    /// The number of each community of the partition, by its label there.
    public let numbers: [Int32]

    /// Numbers for a first partition: its labels.
    public init(_ partition: Partition) { numbers = (0..<Int32(partition.communityCount)).map { $0 } }

    /// Numbers that follow those before. Larger overlaps are matched first, ties by lower number and then by lower
    /// label; each number is used once. Communities left over get the smallest free numbers, by label.
    ///
    /// - Parameters:
    ///   - partition: the communities now.
    ///   - before: the number ≥ 0 that each vertex of the partition belonged to, nil for new vertices.
    /// - Complexity: O(vertices · log vertices).
    public init(_ partition: Partition, following before: [Int32?]) {
        precondition(before.count == partition.labels.count, "one number or nil per vertex")
        var numbers = [Int32](repeating: -1, count: partition.communityCount)
        var used: Set<Int32> = []
        for overlap in Self.overlaps(before, partition.labels)
        where numbers[Int(overlap.label)] < 0 && !used.contains(overlap.number) {
            numbers[Int(overlap.label)] = overlap.number
            used.insert(overlap.number)
        }
        var free: Int32 = 0
        for label in numbers.indices where numbers[label] < 0 {
            while used.contains(free) { free += 1 }
            numbers[label] = free
            free += 1
        }
        self.numbers = numbers
    }

    /// The label of a number, or nil if there is none at present.
    public func label(of number: Int32) -> Int32? { numbers.firstIndex(of: number).map(Int32.init) }

    /// The number of each vertex.
    public func ofVertices(of partition: Partition) -> [Int32] { partition.labels.map { numbers[Int($0)] } }

    private struct Overlap {
        let number: Int32
        let label: Int32
        var size: Int
    }

    /// The sizes of all overlaps that are not empty, largest first.
    private static func overlaps(_ before: [Int32?], _ labels: [Int32]) -> [Overlap] {
        let cells = zip(before, labels).compactMap { number, label in number.map { Int64($0) << 32 | Int64(label) } }
        var overlaps: [Overlap] = []
        for cell in cells.sorted() {
            let (number, label) = (Int32(cell >> 32), Int32(truncatingIfNeeded: cell))
            if let last = overlaps.last, last.number == number, last.label == label {
                overlaps[overlaps.count - 1].size += 1
            } else {
                overlaps.append(Overlap(number: number, label: label, size: 1))
            }
        }
        return overlaps.sorted { ($1.size, $0.number, $0.label) < ($0.size, $1.number, $1.label) }
    }
}
