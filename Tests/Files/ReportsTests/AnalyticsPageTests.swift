import FileOutput
import FoundationEssentials
import Reports
import Testing

struct AnalyticsPageTests {
    /// IDs are unique, texts escaped, and every non-empty plot has a picture.
    @Test func `analytics page is well-formed`() throws {
        let counts = DataTable(
            columns: ["day", "ratings"],
            rows: (0..<1_500).map { [.text("2020-\($0)"), .integer(Int64($0 % 7))] })
        let page = AnalyticsPage(
            source: "<store>",
            parts: [
                .init(
                    name: "table", title: "A & B", table: DataTable(columns: ["text"], rows: [[.text("<c>")]]),
                    plot: nil),
                .init(name: "line", title: "Days", table: counts, plot: .init(x: "day", y: "ratings", isBars: false)),
                .init(
                    name: "bars", title: "Bars",
                    table: DataTable(columns: ["x", "y"], rows: [[.real(1), .integer(5)]]),
                    plot: .init(x: "x", y: "y", isBars: true)),
                .init(
                    name: "empty", title: "None", table: DataTable(columns: ["x", "y"], rows: []),
                    plot: .init(x: "x", y: "y", isBars: true)),
            ], version: "1"
        ).html
        let parsed = try ParsedPage(page)
        #expect(parsed.values("id").count == Set(parsed.values("id")).count)
        #expect(page.contains("&lt;store&gt;") && page.contains("A &amp; B") && page.contains("1,480 more rows"))
        #expect(page.components(separatedBy: "<svg").count == 3)
    }
}
