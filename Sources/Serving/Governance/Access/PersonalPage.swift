import FileOutput
import Foundation
import Store

/// What is held of a user as a page that a person can read, without anything from elsewhere.
struct PersonalPage {
    private let data: PersonalData
    private let time: Int64
    /// Rows of a table that the page shows; the files have all.
    private static let mostRows = 200

    init(_ data: PersonalData, time: Int64) {
        self.data = data
        self.time = time
    }

    var html: String {
        let made = Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>What is held of you</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; display: block; overflow-x: auto; }
            th, td { border: 1px solid #bbb; padding: .2rem .5rem; text-align: left; }
            </style>
            <h1>What is held of you</h1>
            <p>You are known as <strong>\(xmlText(data.user))</strong>. This was written on \(made). All of it is also in data.json, \
            and table by table in the folder csv. Times are in seconds since 1970.</p>
            <p>Of users near you it says how near they are, not who they are.</p>
            <ul>
            \(data.tables.map { "<li><a href=\"#\($0.name)\">\(title($0))</a></li>" }.joined(separator: "\n"))
            </ul>
            \(data.tables.map(section).joined(separator: "\n"))
            </html>

            """
    }

    private func title(_ table: PersonalData.Table) -> String {
        "\(xmlText(table.name)): \(xmlText(table.meaning)) (\(table.rows.rows.count.counted("row")))"
    }

    private func section(_ table: PersonalData.Table) -> String {
        let head = table.rows.columns.map { "<th>\(xmlText($0))</th>" }.joined()
        let rows = table.rows.rows.prefix(Self.mostRows).map { row in
            "<tr>" + row.map { "<td>\(xmlText($0.plain))</td>" }.joined() + "</tr>"
        }
        let rest = table.rows.rows.count - rows.count
        let more = rest > 0 ? "\n<p>\(rest.counted("more row")) in csv/\(table.name).csv.</p>" : ""
        return """
            <h2 id="\(xmlText(table.name))">\(title(table))</h2>
            <table>
            <tr>\(head)</tr>
            \(rows.joined(separator: "\n"))
            </table>\(more)
            """
    }
}
