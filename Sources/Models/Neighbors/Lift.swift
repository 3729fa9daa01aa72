/// How much more common a property is inside a group than outside.
///
/// lift = ((a + 1)/(A + 2)) / ((b + 1)/(B + 2)), where a of the A members inside and b of the B outside have it. The
/// added ones damp small counts (Laplace's rule of succession). 8 of 10 inside and 10 of 90 outside: (9/12) / (11/92) ≈
/// 6.272727.
public struct Lift: Sendable, Equatable {
    /// a, the number inside that have it.
    public let inside: Int
    /// The lift.
    public let value: Double

    /// Computes a lift from counts inside and outside the group.
    public init(inside: Int, of insideCount: Int, outside: Int, of outsideCount: Int) {
        self.inside = inside
        value =
            (Double(inside + 1) / Double(insideCount + 2))
            / (Double(outside + 1) / Double(outsideCount + 2))
    }
}

/// A distinguishing item, genre or attribute value, by its index.
public struct Distinction: Sendable, Equatable {
    /// The index of the item, genre or attribute value.
    public let index: Int
    /// How much more common it is inside.
    public let lift: Lift

    /// The largest lifts above 1 with enough members inside: larger lift first, then lower index.
    ///
    /// - Parameter lifts: one per index.
    static func strongest(_ lifts: [Lift], count: Int, minimumInside: Int) -> [Distinction] {
        lifts.indices
            .filter { lifts[$0].value > 1 && lifts[$0].inside >= minimumInside }
            .sorted { (lifts[$1].value, $0) < (lifts[$0].value, $1) }
            .prefix(count)
            .map { Distinction(index: $0, lift: lifts[$0]) }
    }
}
