/// The place of each partner in a list of ascending ids.
///
/// The ids' range is split into at most twice as many buckets as there are ids, and a bucket is searched by halves: O(1)
/// for ids that are spread evenly, O(log n) for any.
struct PartnerPlaces: Sendable {
    private let ids: ArraySlice<Int32>
    private let first: Int
    private let shift: Int
    /// The place of the first id of each bucket, and the number of ids.
    private let starts: [Int]

    /// - Parameter ids: ascending, at least one.
    init(_ ids: ArraySlice<Int32>) {
        self.ids = ids
        let (first, last) = (ids.first.map(Int.init) ?? 0, ids.last.map(Int.init) ?? 0)
        var shift = 0
        while (last - first) >> shift >= 2 * ids.count { shift += 1 }
        var starts = [Int](repeating: 0, count: (last - first) >> shift + 2)
        for id in ids { starts[(Int(id) - first) >> shift + 1] += 1 }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        (self.first, self.shift, self.starts) = (first, shift, starts)
    }

    /// The place of a partner, counted from 0, or nil if it is not in the list.
    subscript(partner: Int32) -> Int? {
        let bucket = (Int(partner) - first) >> shift
        guard bucket >= 0, bucket < starts.count - 1 else { return nil }
        var (low, high) = (starts[bucket], starts[bucket + 1])
        let end = high
        while low < high {
            let middle = low + (high - low) / 2
            if ids[ids.startIndex + middle] < partner { low = middle + 1 } else { high = middle }
        }
        return low < end && ids[ids.startIndex + low] == partner ? low : nil
    }
}
