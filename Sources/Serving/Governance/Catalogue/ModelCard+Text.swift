import FileOutput

extension ModelCard {
    /// The card in Markdown.
    package var markdown: String {
        let data = [
            "- \(ratings) ratings" + (users.map { " by \($0) users" } ?? "") + (items.map { " of \($0) items" } ?? ""),
            "- fitted by run \(run), \(Catalog.time(fitted))",
        ]
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
        let size = "\(ratings) ratings" + (users.map { ", \($0) users" } ?? "") + (items.map { ", \($0) items" } ?? "")
        let notes = limits.map { limit -> Markup in "<li>\(limit)</li>" }
        return """
            <p>Fitted by run \(Int(run)) on \(size), \(Catalog.time(fitted)).</p><p><code>\(parameters)</code></p>
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
