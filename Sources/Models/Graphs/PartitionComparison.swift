import RealModule

/// The agreement of two partitions of the same vertices.
public struct PartitionComparison: Sendable {
    /// Normalized mutual information 2·I(a, b) / (H(a) + H(b)), in 0…1; 1 for equal partitions, also if both have a
    /// single community.
    ///
    /// Labels 0 0 1 1 against 0 0 0 1: I = 0.2157616 nats, H = 0.6931472 and 0.5623351, NMI = 0.343711.
    /// Danon et al. 2005, doi:10.1088/1742-5468/2005/09/P09008.
    public let normalizedMutualInformation: Double
    /// Adjusted Rand index: agreement on pairs, 1 for equal partitions and 0 on average for random ones.
    ///
    /// Labels 0 0 1 1 against 0 0 0 1: ARI = 0. Labels 0 0 1 2 against 0 0 1 1: ARI = 4/7 ≈ 0.571429.
    /// Hubert & Arabie 1985, doi:10.1007/BF01908075.
    public let adjustedRandIndex: Double

    /// - Complexity: O(vertices · log vertices) time, O(vertices) memory.
    public init(_ a: Partition, _ b: Partition) {
        precondition(a.labels.count == b.labels.count, "partitions of the same vertices")
        let overlaps = Self.overlaps(a, b)
        normalizedMutualInformation = Self.mutualInformation(a, b, overlaps)
        adjustedRandIndex = Self.adjustedRand(a, b, overlaps)
    }

    private struct Overlap {
        var first: Int
        var second: Int
        var size: Double
    }

    /// The non-empty cells of the contingency table, in ascending order.
    private static func overlaps(_ a: Partition, _ b: Partition) -> [Overlap] {
        let cells = zip(a.labels, b.labels).map { Int64($0) << 32 | Int64($1) }.sorted()
        var overlaps: [Overlap] = []
        var last: Int64 = -1
        for cell in cells {
            if cell != last {
                overlaps.append(
                    Overlap(first: Int(cell >> 32), second: Int(cell & 0xFFFF_FFFF), size: 0))
                last = cell
            }
            overlaps[overlaps.count - 1].size += 1
        }
        return overlaps
    }

    private static func mutualInformation(
        _ a: Partition, _ b: Partition, _ overlaps: [Overlap]
    ) -> Double {
        let n = Double(a.labels.count)
        func entropy(_ sizes: [Int]) -> Double {
            sizes.reduce(0) { $0 - Double($1) / n * Double.log(Double($1) / n) }
        }
        let entropies = entropy(a.sizes) + entropy(b.sizes)
        guard entropies > 0 else { return 1 }
        let information = overlaps.reduce(0) { sum, cell in
            let expected = Double(a.sizes[cell.first]) * Double(b.sizes[cell.second]) / n
            return sum + cell.size / n * Double.log(cell.size / expected)
        }
        return min(1, max(0, 2 * information / entropies))
    }

    private static func adjustedRand(
        _ a: Partition, _ b: Partition, _ overlaps: [Overlap]
    ) -> Double {
        func pairs(_ n: Double) -> Double { n * (n - 1) / 2 }
        let together = overlaps.reduce(0) { $0 + pairs($1.size) }
        let first = a.sizes.reduce(0) { $0 + pairs(Double($1)) }
        let second = b.sizes.reduce(0) { $0 + pairs(Double($1)) }
        let all = pairs(Double(a.labels.count))
        guard all > 0 else { return 1 }
        let expected = first * second / all
        let highest = (first + second) / 2
        return highest == expected ? 1 : (together - expected) / (highest - expected)
    }
}
