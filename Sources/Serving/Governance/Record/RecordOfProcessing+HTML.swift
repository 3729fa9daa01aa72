import FileOutput
import Store

extension RecordOfProcessing {
    /// `record.html`: one page that loads nothing and runs no scripts, and is well-formed XML.
    public var html: String {
        """
        <!DOCTYPE html>
        <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>Record of processing activities</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <h1>Record of processing activities</h1>
        <p>Article 30 of the General Data Protection Regulation. Made from the declaration of all data by kindred \
        \(xmlText(version)). Controller: \(xmlText(controller ?? "to be filled in by the controller, with contact details")).</p>
        \(activities.map(section).joined())\
        <section><h2>What is held now</h2>
        \(table(["table", "rows", "of people", "kept"], holdings.map {
            [$0.table, $0.rows.grouped, $0.personal ? "yes" : "no", $0.retention]
        }))</section>
        <section><h2>What left the store</h2>
        \(outputs.isEmpty ? "<p>Nothing that the store knows of.</p>\n" : table(["kind", "place", "rows", "of people"], outputs.map {
            [$0.kind, $0.place, $0.rows.map(\.grouped) ?? "", $0.holdsPeople ? "yes" : "no"]
        }))</section>
        <section><h2>Transfers to third countries</h2>
        <p>The program sends data nowhere but to the brokers, servers and files that its operator names. Where these are is for the \
        controller to fill in.</p></section>
        <section><h2>Technical and organisational measures</h2>
        \(list(measures))</section>
        <section><h2>The declaration</h2>
        \(table(["where", "name", "kind", "purposes", "bases", "kept", "read by", "meaning"], Inventory.elements.map(row)))</section>
        </body>
        </html>

        """
    }

    private func section(_ activity: Activity) -> String {
        let categories = activity.categories.map { [$0.kind.rawValue, $0.holders.joined(separator: "; ")] }
        guard !categories.isEmpty else { return "" }
        return """
            <section><h2>\(xmlText(activity.purpose.rawValue))</h2>
            <p>Purpose: \(xmlText(activity.meaning)). Lawful basis: \(xmlText(activity.basis.rawValue)), \
            \(xmlText(activity.article)). Data subjects: \(xmlText(activity.subjects.joined(separator: "; "))).</p>
            \(table(["category", "data"], categories))\
            <h3>Recipients</h3>
            \(list(activity.recipients))\
            <h3>Retention</h3>
            \(list(activity.retention))</section>

            """
    }

    private func row(_ element: DataElement) -> [String] {
        [
            "\(element.place.rawValue) \(element.holder)", element.name, element.kind.rawValue,
            element.purposes.map(\.rawValue).joined(separator: ", "),
            element.bases.map(\.rawValue).joined(separator: ", "), element.retention.text,
            element.readers.map(\.rawValue).joined(separator: ", "), element.meaning,
        ]
    }

    private func list(_ texts: [String]) -> String {
        "<ul>\n" + texts.map { "<li>\(xmlText($0))</li>\n" }.joined() + "</ul>\n"
    }

    private func table(_ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\(xmlText($0))</th>" }.joined()
        let body = rows.map { row in "<tr>" + row.map { "<td>\(xmlText($0))</td>" }.joined() + "</tr>\n" }.joined()
        return "<table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table>\n"
    }

    private static let style = """
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border: 1px solid #999; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        h2 { margin-top: 2.5rem; }
        """
}
