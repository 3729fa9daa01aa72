/// Times as SQLite's `strftime` writes them, in UTC.
///
/// Day 0 is 1970-01-01; day 11,017 is 2000-03-01 (Hinnant, chrono-compatible low-level date algorithms).
struct CivilTime {
    let year: Int64
    let month: Int64
    let day: Int64
    private let minuteOfDay: Int64

    /// The first day of a month.
    init(year: Int64, month: Int64) {
        (self.year, self.month, day, minuteOfDay) = (year, month, 1, 0)
    }

    /// - Parameter time: seconds since 1970.
    init(_ time: Int64) {
        let days = Self.floored(time, 86_400)
        minuteOfDay = (time - days * 86_400) / 60
        // Eras of 400 years, whose years begin in March, so that the leap day is the last.
        let shifted = days + 719_468
        let era = Self.floored(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Such as 2026-01.
    var monthText: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))" }

    /// Such as 2026-01-31.
    var dayText: String { "\(monthText)-\(Self.padded(day, 2))" }

    /// Such as 2026-01-31 23:59.
    var minuteText: String {
        "\(dayText) \(Self.padded(minuteOfDay / 60, 2)):\(Self.padded(minuteOfDay % 60, 2))"
    }

    /// The number of the month since year 0.
    static func month(_ time: Int64) -> Int64 {
        let civil = CivilTime(time)
        return 12 * civil.year + civil.month - 1
    }

    /// The start of the period of so many seconds.
    static func period(_ length: Int64) -> (Int64) -> Int64 { { floored($0, length) * length } }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
