import Ratings

/// A moment as ratings files write it, in seconds since 1970.
///
/// Numbers are seconds or finer units (`Timestamps`). Text is a date, alone or with a time of day: `2005-04-02`,
/// `2005-04-02 23:53:47`, `2005-04-02T23:53:47.125Z`, `2005-04-02T23:53:47+02:00`, `2005/4/2`, `20050402`,
/// `02.04.2005 23:53`. Without a zone it is in UTC. Dates such as 02/04/2005 are refused, since the day may be either.
package enum Moment {
    /// nil for anything else. `1970-01-02` is 86400, `1970-01-01T01:00:00+01:00` is 0.
    package static func seconds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        guard var text = Scanner(bytes, range), var seconds = date(&text) else { return nil }
        guard !text.isAtEnd else { return seconds }
        guard text.skip("T") || text.skip("t") || text.skip(" "), let time = timeOfDay(&text) else { return nil }
        seconds += time
        _ = text.skip(" ")
        if !text.isAtEnd {
            guard let offset = zone(&text) else { return nil }
            seconds -= offset
        }
        return text.isAtEnd ? seconds : nil
    }

    private static func date(_ text: inout Scanner) -> Int64? {
        guard let first = text.digits(1...8) else { return nil }
        let date: (year: Int, month: Int, day: Int)
        switch (first.count, text.next) {
        case (8, nil) where 19_000_000...21_000_000 ~= first.value:
            date = (first.value / 10_000, first.value / 100 % 100, first.value % 100)
        case (4, UInt8(ascii: "-")), (4, UInt8(ascii: "/")):
            let separator = text.next == UInt8(ascii: "-") ? "-" : "/"
            text.advance()
            guard let month = text.digits(1...2), text.skip(separator), let day = text.digits(1...2) else { return nil }
            date = (first.value, month.value, day.value)
        case (1...2, UInt8(ascii: ".")):
            text.advance()
            guard let month = text.digits(1...2), text.skip("."), let year = text.digits(4...4) else { return nil }
            date = (year.value, month.value, first.value)
        default: return nil
        }
        guard 1...9999 ~= date.year, 1...12 ~= date.month, 1...daysIn(date.month, date.year) ~= date.day else {
            return nil
        }
        return 86_400 * days(date.year, date.month, date.day)
    }

    private static func timeOfDay(_ text: inout Scanner) -> Int64? {
        guard let hour = text.digits(1...2), text.skip(":"), let minute = text.digits(2...2) else { return nil }
        var second = 0
        if text.skip(":") {
            guard let digits = text.digits(2...2) else { return nil }
            second = digits.value
            if text.skip(".") || text.skip(",") { guard text.digits(1...9) != nil else { return nil } }
        }
        // A leap second counts as the first of the next minute, as in POSIX.
        guard hour.value <= 24, minute.value < 60, second <= 60 else { return nil }
        return Int64(3600 * hour.value + 60 * minute.value + second)
    }

    /// The seconds by which a zone is ahead of UTC.
    private static func zone(_ text: inout Scanner) -> Int64? {
        if text.skip("Z") || text.skip("z") || text.skip("UTC") || text.skip("GMT") { return 0 }
        let isBehind = text.skip("-")
        guard isBehind || text.skip("+"), let hours = text.digits(1...4) else { return nil }
        var minutes = hours.count > 2 ? 60 * (hours.value / 100) + hours.value % 100 : 60 * hours.value
        if hours.count <= 2, text.skip(":") {
            guard let rest = text.digits(2...2) else { return nil }
            minutes += rest.value
        }
        return Int64(isBehind ? -60 * minutes : 60 * minutes)
    }

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970 in the Gregorian calendar, counted in years that begin in March (Hinnant 2013, "chrono-Compatible
    /// Low-Level Date Algorithms", days_from_civil). 2000-03-01 is day 11017.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - 400 * era
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return Int64(146_097 * era + 365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }
}

/// Reads a short field from left to right.
private struct Scanner {
    private static let longest = 40

    private var bytes = InlineArray<40, UInt8>(repeating: 0)
    private var position = 0
    private let end: Int

    /// nil where the field is too long for a moment.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= Self.longest else { return nil }
        end = range.count
        for offset in 0..<end { self.bytes[offset] = bytes[range.lowerBound + offset] }
    }

    var isAtEnd: Bool { position == end }
    var next: UInt8? { position < end ? bytes[position] : nil }

    mutating func advance() { position += 1 }

    mutating func skip(_ word: String) -> Bool {
        guard end - position >= word.utf8.count, zip(position..., word.utf8).allSatisfy({ bytes[$0] == $1 }) else {
            return false
        }
        position += word.utf8.count
        return true
    }

    /// Up to as many digits as a range allows; nil where there are fewer.
    mutating func digits(_ counts: ClosedRange<Int>) -> (value: Int, count: Int)? {
        var (value, count) = (0, 0)
        while count < counts.upperBound, let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            value = 10 * value + Int(byte - UInt8(ascii: "0"))
            count += 1
            position += 1
        }
        return counts.contains(count) ? (value, count) : nil
    }
}
