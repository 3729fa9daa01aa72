import Ratings

/// What the first values of a column tell about it.
struct ColumnEvidence {
    private(set) var count = 0
    private(set) var emptyCount = 0
    /// Numbers, with a decimal point or comma.
    private(set) var numberCount = 0
    private(set) var decimalCommaCount = 0
    private(set) var decimalPointCount = 0
    private(set) var momentCount = 0
    private(set) var numbers: ClosedRange<Double>?
    private(set) var areWhole = true
    private(set) var distinct: Set<String> = []
    /// Whether the values are consecutive numbers from 0 or 1.
    private(set) var areRowNumbers = true
    private var first: Double?

    init(_ values: some Sequence<String>) { for value in values { add(value) } }

    private mutating func add(_ value: String) {
        defer { count += 1 }
        if distinct.count < 100 { distinct.insert(value) }
        guard !value.isEmpty else {
            emptyCount += 1
            areRowNumbers = false
            return
        }
        let bytes = Array(value.utf8)
        if Moment.seconds(bytes.span, bytes.indices) != nil { momentCount += 1 }
        guard case .finite(let number) = ParsedNumber(bytes.span, bytes.indices, allowsComma: true) else {
            areRowNumbers = false
            return
        }
        numberCount += 1
        if bytes.contains(UInt8(ascii: ",")) { decimalCommaCount += 1 }
        if bytes.contains(UInt8(ascii: ".")) { decimalPointCount += 1 }
        numbers = numbers.map { min($0.lowerBound, number)...max($0.upperBound, number) } ?? number...number
        if number != number.rounded() { areWhole = false }
        if count == 0 { first = number }
        areRowNumbers = areRowNumbers && first.map { ($0 == 0 || $0 == 1) && number == $0 + Double(count) } ?? false
    }

    var isEmpty: Bool { emptyCount == count }
    /// Whether at least half of the values are numbers.
    var isNumeric: Bool { numberCount > 0 && 2 * numberCount >= count - emptyCount }
    var hasDecimalCommas: Bool { decimalCommaCount > 0 && decimalPointCount == 0 }

    /// Whether the values are dates such as 20050402.
    var areDigitDates: Bool { numberCount > 0 && numberCount == momentCount && momentCount == count - emptyCount }

    /// Whether the values can only be moments: dates, or numbers that as seconds, milliseconds or finer lie between 1973
    /// and 2100. No rating or count of a person is that large throughout.
    var areMoments: Bool {
        guard !isEmpty else { return false }
        if let numbers, numberCount == count - emptyCount {
            guard areWhole else { return false }
            let seconds = [numbers.lowerBound, numbers.upperBound].map {
                Timestamps.seconds(Int64(min(max($0, -9e18), 9e18)))
            }
            // A date as eight digits is a number too.
            return seconds.allSatisfy { 100_000_000...4_102_444_800 ~= $0 } || areDigitDates
        }
        return 2 * momentCount >= count - emptyCount
    }

    /// Whether the values may be times where the column is named or placed as such.
    var mayBeTimes: Bool { areMoments || isNumeric && areWhole }
}
