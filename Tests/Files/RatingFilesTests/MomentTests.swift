import Foundation
import RatingFiles
import Ratings
import TestSupport
import Testing

struct MomentTests {
    private func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return Moment.seconds(bytes.span, bytes.indices)
    }

    /// The seconds are those of `date -u -d TEXT +%s`.
    @Test(arguments: [
        ("1970-01-02", 86_400), ("1970-01-01T01:00:00+01:00", 0), ("2005-04-02 23:53:47", 1_112_486_027),
        ("2005-04-02T23:53:47Z", 1_112_486_027), ("2005-04-02T23:53:47.125Z", 1_112_486_027),
        ("2005-04-02T23:53:47+02:00", 1_112_478_827), ("2005-04-02 23:53:47 -0330", 1_112_498_627),
        ("2005-04-02 23:53", 1_112_485_980), ("2005/4/2", 1_112_400_000), ("20050402", 1_112_400_000),
        ("02.04.2005", 1_112_400_000), ("2.4.2005 23:53", 1_112_485_980), ("2000-02-29", 951_782_400),
        ("2000-03-01", 951_868_800), ("1969-12-31", -86_400), ("2005-04-02T23:53:47 UTC", 1_112_486_027),
        ("2005-04-02T23", nil), ("2005-02-29", nil), ("2005-13-01", nil), ("02/04/2005", nil), ("noon", nil), ("", nil),
        ("2005-04-02T23:53:47+", nil), ("2005-04-02x", nil), ("99999999", nil), ("2005-04-02 25:00:00", nil),
    ])
    func `dates are seconds since 1970`(_ text: String, _ expected: Int64?) {
        #expect(seconds(text) == expected)
    }

    /// Against Foundation, over four centuries.
    @Test func `every day is the one after the day before`() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate]
        for day in stride(from: -100_000, through: 60_000, by: 97) {
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(seconds(text) == Int64(day) * 86_400, "\(text)")
        }
    }

    @Test func `units of times are told apart by magnitude`() {
        for time in [1_577_836_800, 1_577_836_800_000, 1_577_836_800_000_000, 1_577_836_800_000_000_000] as [Int64] {
            #expect(Timestamps.seconds(time) == 1_577_836_800)
        }
        #expect(Timestamps.seconds(-5) == -5 && Timestamps.seconds(0) == 0)
    }
}
