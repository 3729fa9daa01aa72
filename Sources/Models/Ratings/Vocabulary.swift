/// The external IDs of users or items, sorted; everywhere else they are dense indices.
///
/// If every ID is a 64-bit integer in canonical form, the order is numeric, else by UTF-8 bytes. An ID such as `007` is
/// text, since it would not survive a round trip through a number. The same IDs in any order thus give the same
/// indices, and every ID round-trips.
public struct Vocabulary: Sendable, Equatable {
    private enum Storage: Equatable {
        case integers([Int64])
        case text([String])
    }

    private let storage: Storage

    /// - Parameter ids: in any order; duplicates count once.
    public init(_ ids: [String]) {
        let integers = ids.compactMap(Self.integer)
        if integers.count == ids.count {
            storage = .integers(Self.unique(integers.sorted()))
        } else {
            storage = .text(Self.unique(ids.sorted(by: Self.bytesAscend)))
        }
    }

    /// The IDs "0", "1", …, which are their indices.
    public init(numbered count: Int) { storage = .integers((0..<Int64(count)).map { $0 }) }

    /// The number of IDs.
    public var count: Int {
        switch storage {
        case .integers(let ids): ids.count
        case .text(let ids): ids.count
        }
    }

    /// Whether the IDs are numbers, sorted numerically.
    public var isNumeric: Bool {
        if case .integers = storage { true } else { false }
    }

    /// The ID of an index.
    public subscript(index: Int) -> String {
        switch storage {
        case .integers(let ids): String(ids[index])
        case .text(let ids): ids[index]
        }
    }

    /// The index of an ID, by binary search.
    public func index(of id: String) -> Int? {
        let place = lowerBound(of: id)
        return place < count && self[place].utf8.elementsEqual(id.utf8) ? place : nil
    }

    /// Existing IDs around the position of `id`, nearest first.
    public func idsNear(_ id: String, count limit: Int = 5) -> [String] {
        let place = lowerBound(of: id)
        var low = place - 1
        var high = place
        var near: [String] = []
        while near.count < limit, low >= 0 || high < count {
            if high < count, low < 0 || !isNearer(low, than: high, to: id) {
                near.append(self[high])
                high += 1
            } else {
                near.append(self[low])
                low -= 1
            }
        }
        return near
    }

    /// The integer an ID represents, or nil for text: plus signs, leading zeros and more than 64 bits make it text.
    public static func integer(_ id: String) -> Int64? {
        guard let value = Int64(id), String(value) == id else { return nil }
        return value
    }

    private func lowerBound(of id: String) -> Int {
        switch storage {
        case .integers(let ids):
            guard let key = Self.integer(id) else { return 0 }
            return Self.partitionPoint(ids) { $0 < key }
        case .text(let ids):
            return Self.partitionPoint(ids) { Self.bytesAscend($0, id) }
        }
    }

    private func isNearer(_ low: Int, than high: Int, to id: String) -> Bool {
        guard case .integers(let ids) = storage, let key = Self.integer(id) else { return false }
        return key.subtractingReportingOverflow(ids[low]).partialValue.magnitude
            < ids[high].subtractingReportingOverflow(key).partialValue.magnitude
    }

    private static func bytesAscend(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private static func unique(_ sorted: [Int64]) -> [Int64] {
        sorted.indices.filter { $0 == 0 || sorted[$0 - 1] != sorted[$0] }.map { sorted[$0] }
    }

    private static func unique(_ sorted: [String]) -> [String] {
        // Not `==`, which equates differently composed accents.
        sorted.indices.filter { $0 == 0 || bytesAscend(sorted[$0 - 1], sorted[$0]) }.map { sorted[$0] }
    }

    /// The first index where the predicate is false.
    private static func partitionPoint<Element>(
        _ sorted: [Element], where precedes: (Element) -> Bool
    ) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = low + (high - low) / 2
            if precedes(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
