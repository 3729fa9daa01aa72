import FileOutput
import Foundation
import Testing

struct DataTableTests {
    private let table = DataTable(
        columns: ["name", "count", "share"],
        rows: [
            [.text("a, \"b\""), .integer(12), .real(0.5)], [.null, .integer(3), .real(.nan)],
            [.text("<c>"), .integer(-4), .bytes(Data([0, 255]))],
        ], isTruncated: true)

    @Test func `CSV quotes only fields that need it`() {
        #expect(table.csv() == "name,count,share\n\"a, \"\"b\"\"\",12,0.5\n,3,nan\n<c>,-4,00ff\n")
    }

    @Test func `JSON says how many rows are hidden where some may be`() throws {
        func json(_ suppressed: Int?) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let table = DataTable(columns: ["day"], rows: [], suppressed: suppressed)
            return String(decoding: try encoder.encode(table), as: UTF8.self)
        }
        #expect(try json(nil) == #"{"columns":["day"],"rows":[],"truncated":false}"#)
        #expect(try json(3) == #"{"columns":["day"],"rows":[],"suppressed":3,"truncated":false}"#)
    }

    @Test func `JSON has null for NaN`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(
            String(decoding: try encoder.encode(table), as: UTF8.self)
                == #"{"columns":["name","count","share"],"rows":[["a, \"b\"",12,0.5],[null,3,null],["<c>",-4,"00ff"]],"truncated":true}"#
        )
    }

    @Test func `text output is aligned and notes omitted rows`() {
        let lines = table.text().split(separator: "\n").map(String.init)
        #expect(lines[0] == "name    count  share")
        #expect(lines[2] == "a, \"b\"     12  0.5")
        #expect(lines[4] == "<c>        -4  00ff")
        #expect(lines[5] == "(3 rows; a limit omitted more)")
    }

    @Test func `long texts are truncated`() {
        let table = DataTable(columns: ["text"], rows: [[.text(String(repeating: "x", count: 99) + "\ny")]])
        #expect(
            table.text(widest: 10).contains("xxxxxxxxx…") && table.text(widest: 10).split(separator: "\n").count == 4)
    }
}
