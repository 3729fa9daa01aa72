import Foundation
import Interchange
import Testing

struct DataTableTests {
    private let table = DataTable(
        columns: ["name", "count", "share"],
        rows: [
            [.text("a, \"b\""), .integer(12), .real(0.5)], [.null, .integer(3), .real(.nan)],
            [.text("<c>"), .integer(-4), .bytes(Data([0, 255]))],
        ], isCut: true)

    @Test func csvQuotesWhatItHasTo() {
        #expect(table.csv == "name,count,share\n\"a, \"\"b\"\"\",12,0.5\n,3,nan\n<c>,-4,00ff\n")
    }

    @Test func jsonHasNullForWhatIsNoNumber() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(
            String(decoding: try encoder.encode(table), as: UTF8.self)
                == #"{"columns":["name","count","share"],"rows":[["a, \"b\"",12,0.5],[null,3,null],["<c>",-4,"00ff"]],"truncated":true}"#
        )
    }

    @Test func textIsAligned() {
        let lines = table.text().split(separator: "\n").map(String.init)
        #expect(lines[0] == "name    count  share")
        #expect(lines[2] == "a, \"b\"     12  0.5")
        #expect(lines[4] == "<c>        -4  00ff")
        #expect(lines[5] == "(3 rows, and more that a limit left out)")
    }

    @Test func longTextsAreCut() {
        let table = DataTable(columns: ["text"], rows: [[.text(String(repeating: "x", count: 99) + "\ny")]])
        #expect(
            table.text(widest: 10).contains("xxxxxxxxx…") && table.text(widest: 10).split(separator: "\n").count == 4)
    }

    /// Every id once, texts escaped, and a picture for what has a plot.
    @Test func thePageIsWellFormed() throws {
        let counts = DataTable(
            columns: ["day", "ratings"],
            rows: (0..<1_500).map { [.text("2020-\($0)"), .integer(Int64($0 % 7))] })
        let page = AnalyticsPage(
            source: "<store>",
            parts: [
                .init(name: "table", title: "A & B", table: table, plot: nil),
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
