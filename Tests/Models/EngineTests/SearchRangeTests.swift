import Engine
import Testing

struct SearchRangeTests {
    @Test func shares() {
        #expect(SearchRange.logarithmic(1...100).value(at: 0.5) == "10.0")
        #expect(SearchRange.logarithmic(0.002...0.2).value(at: 0.5) == "0.02")
        #expect(SearchRange.linear(-0.5...0.5).value(at: 0.25) == "-0.25")
        #expect(SearchRange.linear(-0.5...0.5).value(at: 0.5) == "0.0")
        #expect(SearchRange.linear(0...30_000).value(at: 0.41237) == "12400.0")
        #expect(SearchRange.choices(["a", "b"]).value(at: 0.49) == "a")
        #expect(SearchRange.choices(["a", "b"]).value(at: 0.5) == "b")
    }

    @Test func `counts reach both ends of their range`() {
        let range = SearchRange.counts(2...5)
        let values = (0..<1_000).map { range.value(at: Double($0) / 1_000) }
        #expect(values.first == "2" && values.last == "5" && Set(values) == ["2", "3", "4", "5"])
        // Logarithms are equally likely: 2 stands for 1.5 to 2.5, which is more than 4.5 to 5.5.
        #expect(values.count { $0 == "2" } > 2 * values.count { $0 == "5" })
    }

    @Test func `counts are capped`() {
        #expect(SearchRange.counts(8...96).capped(at: 20) == .counts(8...20))
        #expect(SearchRange.counts(8...96).capped(at: 5) == .counts(5...5))
        #expect(SearchRange.linear(0...1).capped(at: 5) == .linear(0...1))
    }
}
