/// The external IDs of users or items that come and go, under numbers that stay.
///
/// A new ID gets the next number and keeps it. Numbers have ranks in the order of `Vocabulary`: numeric if every present
/// ID is a 64-bit integer in canonical form, else by UTF-8 bytes. So a single ID can change the whole order, when it
/// comes and when it goes; ranks follow in `settle()`.
///
/// IDs 9, 10 and 100 have the numbers and ranks 0, 1 and 2. With x, number 3, ranks go by bytes: 2, 0, 1 and 3.
public struct MutableVocabulary: Sendable {
    private var ids: [ID] = []
    private var numbers: [ExactText: Int32] = [:]
    private var isPresent: [Bool] = []
    private var presentTexts = 0
    /// The numbers settled so far, in their order, and the place of each there.
    private var order: [Int32] = []
    private var ranks: [Int32] = []
    private var isOrderNumeric = true

    /// How many IDs are present.
    public private(set) var presentCount = 0

    /// The number of IDs ever added.
    public var count: Int { ids.count }

    /// Whether all present IDs are numbers, which then sort as numbers.
    public var isNumeric: Bool { presentTexts == 0 }

    /// Creates an empty vocabulary.
    public init() {}

    /// The ID of a number.
    public func id(of number: Int) -> String { ids[number].text }

    /// The number of an ID, or nil if it was never added.
    public func number(of id: String) -> Int? { numbers[ExactText(id)].map(Int.init) }

    /// Whether a number counts at present: a user or an item that has ratings.
    public func isPresent(_ number: Int) -> Bool { isPresent[number] }

    /// The place of a number in the sorted order of all numbers, absent ones too. Present numbers have the order of their
    /// indices in a `Vocabulary`.
    ///
    /// - Precondition: `settle()` was called since the last ID was added.
    public func rank(of number: Int) -> Int32 { ranks[number] }

    /// The number at a place of that order.
    public func number(ofRank rank: Int) -> Int32 { order[rank] }

    /// The present numbers in sorted order: the number of each index of `vocabulary`.
    ///
    /// - Precondition: `settle()` was called since the last change.
    public var presentNumbers: [Int32] {
        precondition(isSettled, "settle() comes before reading the order")
        return order.filter { isPresent[Int($0)] }
    }

    /// The present IDs, sorted.
    ///
    /// - Complexity: O(IDs · log IDs).
    public var vocabulary: Vocabulary { Vocabulary(ids.indices.filter { isPresent[$0] }.map { ids[$0].text }) }

    /// The number of an ID, a new one if it is not there yet; new IDs are absent at first.
    @discardableResult
    public mutating func add(_ id: String) -> Int {
        let key = ExactText(id)
        if let number = numbers[key] { return Int(number) }
        let number = Int32(ids.count)
        numbers[key] = number
        ids.append(ID(id))
        isPresent.append(false)
        return Int(number)
    }

    mutating func setPresent(_ number: Int, _ present: Bool) {
        guard isPresent[number] != present else { return }
        isPresent[number] = present
        presentCount += present ? 1 : -1
        if ids[number].integer == nil { presentTexts += present ? 1 : -1 }
    }

    var isSettled: Bool { order.count == ids.count && isOrderNumeric == isNumeric }

    /// Brings ranks up to date.
    ///
    /// - Returns: whether old numbers changed places among each other, since the kind of order changed.
    /// - Complexity: O(IDs + new IDs · log new IDs) if IDs were added; O(IDs · log IDs) if the kind of order changed;
    ///   else O(1).
    mutating func settle() -> Bool {
        guard !isSettled else { return false }
        let isReordered = isOrderNumeric != isNumeric
        isOrderNumeric = isNumeric
        if isReordered { order = [] }
        let added = (Int32(order.count)..<Int32(ids.count))
        order = isReordered ? added.sorted(by: precedes) : merged(order, added.sorted(by: precedes))
        ranks = Array(repeating: 0, count: order.count)
        for (rank, number) in order.enumerated() { ranks[Int(number)] = Int32(rank) }
        return isReordered
    }

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        isOrderNumeric ? ids[Int(a)].precedesByNumber(ids[Int(b)]) : ids[Int(a)].precedesByBytes(ids[Int(b)])
    }

    private func merged(_ old: [Int32], _ new: [Int32]) -> [Int32] {
        var merged: [Int32] = []
        merged.reserveCapacity(old.count + new.count)
        var start = 0
        for number in new {
            let end = partitionPoint(old, from: start) { precedes($0, number) }
            merged.append(contentsOf: old[start..<end])
            merged.append(number)
            start = end
        }
        return merged + old[start...]
    }

    private func partitionPoint(_ sorted: [Int32], from start: Int, where precedes: (Int32) -> Bool) -> Int {
        var (low, high) = (start, sorted.count)
        while low < high {
            let middle = low + (high - low) / 2
            if precedes(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// An ID with the integer that it represents, if any.
private struct ID: Sendable {
    let text: String
    let integer: Int64?

    init(_ text: String) {
        self.text = text
        integer = Vocabulary.integer(text)
    }

    func precedesByBytes(_ other: ID) -> Bool { text.utf8.lexicographicallyPrecedes(other.text.utf8) }

    /// Texts, which are absent while this order holds, come last.
    func precedesByNumber(_ other: ID) -> Bool {
        guard let integer else { return other.integer == nil && precedesByBytes(other) }
        return other.integer.map { integer < $0 } ?? true
    }
}
