import FileOutput
import Foundation
import Platform

extension ModelCard {
    /// The card in Markdown.
    package var markdown: String {
        let data = [
            "- \(size)", "- \(origin)", loss.map { "- training loss \(Catalog.number($0))" },
            checksum.map { "- SHA-256 of model.json \($0)" },
        ].compactMap { $0 }
        let figures =
            metrics.isEmpty
            ? ["Not compared."]
            : [
                comparedRun.map { "Means over held-out ratings, compared by run \($0)." } ?? "", "",
                "| metric | value |", "| --- | ---: |",
            ] + metrics.map { "| \(Self.cell($0.name)) | \(Catalog.number($0.value)) |" }
        let byGroup =
            groups.isEmpty
            ? ["No groups were compared."]
            : [
                "| figure | group | count | value |", "| --- | --- | ---: | ---: |",
            ]
                + groups.map {
                    "| \(Self.cell($0.figure)) | \(Self.cell($0.group)) | \($0.count) | \(Catalog.number($0.value)) |"
                }
        return [
            ["# Model card: \(model)", "", "## Data", ""], data,
            ["", "## Parameters", "", "`\(parameters)`", "", "## Metrics", ""],
            figures, ["", "## Metrics by group", ""], byGroup, ["", "## Limits", ""], limits.map { "- \($0)" },
        ].joined().joined(separator: "\n") + "\n"
    }

    private var size: String {
        [ratings.map { "\($0) ratings" }, users.map { "\($0) users" }, items.map { "\($0) items" }]
            .compactMap { $0 }.joined(separator: ", ")
    }

    private var origin: String {
        let place =
            run.map { "fitted by run \($0)" }
            ?? "saved to \(folder ?? "")" + (dataVersion.map { ", fitted on version \($0) of the ratings" } ?? "")
        return "\(place), \(Catalog.time(fitted))"
    }

    /// The name of its files in a catalogue: the model, and for a model in a folder the first digits of the SHA-256 of the folder.
    package var name: String {
        model + (folder.map { "-" + sha256(Data($0.utf8)).hexadecimal.prefix(8) } ?? "")
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    /// The card as part of a page.
    var html: Markup {
        let figures = metrics.map { figure -> Markup in
            "<tr><th scope=\"row\">\(figure.name)</th><td class=\"number\">\(Catalog.number(figure.value))</td></tr>\n"
        }
        let byGroup = groups.map { group -> Markup in
            """
            <tr><th scope="row">\(group.figure)</th><td>\(group.group)</td><td class="number">\(group.count)</td>
            <td class="number">\(Catalog.number(group.value))</td></tr>

            """
        }
        let sum: Markup? = checksum.map { "<p>SHA-256 of model.json <code>\($0)</code></p>" }
        let notes = limits.map { limit -> Markup in "<li>\(limit)</li>" }
        return """
            <p>\(size); \(origin)\(loss.map { "; training loss \(Catalog.number($0))" } ?? "")</p>\(sum)
            <p><code>\(parameters)</code></p>
            \(CatalogPage.table(["metric", "value"], figures))
            \(CatalogPage.table(["figure", "group", "count", "value"], byGroup))
            <ul>\(notes)</ul>
            """
    }

    /// The card as a page of its own.
    package var page: String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/><title>Model card: \(model)</title><style>\(CatalogPage.style)</style></head>
            <body><h1>Model card: \(model)</h1>\(html)</body></html>

            """
        return page.text
    }
}
