import LinearAlgebra

/// The sums of one user with all users who share an item, accumulated item by item: a single-threaded workspace.
///
/// Terms of a pair are added in item order, so the bits equal those of a loop over the shared items.
///
/// - Complexity: O(Σ raters over the user's items) per user; O(users) memory.
struct SharedSums<Element: BLASScalar> {
    private let byUser: SparseMatrix<Element>
    private let byItem: SparseMatrix<Double>
    private var sums: [PairSums]
    private var partners: [Int32] = []

    init(_ byUser: SparseMatrix<Element>, _ byItem: SparseMatrix<Double>) {
        self.byUser = byUser
        self.byItem = byItem
        sums = Array(repeating: PairSums(), count: byUser.rows)
    }

    /// Calls `body` with each partner, in unspecified order.
    @inline(__always)
    mutating func forEachPartner(of user: Int, _ body: (_ partner: Int32, PairSums) -> Void) {
        let row = byUser.entries(ofRow: user)
        forEachPartner(ofRow: byUser.columnIndices[row], byUser.values[row]) { other, sums in
            if Int(other) != user { body(other, sums) }
        }
    }

    /// The same for a row of ascending items, of whomever.
    @inline(__always)
    mutating func forEachPartner(
        ofRow items: ArraySlice<Int32>, _ values: ArraySlice<Element>, _ body: (_ partner: Int32, PairSums) -> Void
    ) {
        partners.removeAll(keepingCapacity: true)
        for (item, value) in zip(items, values) {
            let value = Double(value)
            for rater in byItem.entries(ofRow: Int(item)) {
                let other = byItem.columnIndices[rater]
                if sums[Int(other)].support == 0 { partners.append(other) }
                sums[Int(other)].add(value, byItem.values[rater])
            }
        }
        for other in partners {
            body(other, sums[Int(other)])
            sums[Int(other)] = PairSums()
        }
    }
}
