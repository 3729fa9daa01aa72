import FileOutput

/// The catalogue as one page that needs nothing beside it: searchable, with lineage as a picture whose every box is a link.
package struct CatalogPage: Sendable {
    let catalog: Catalog

    package init(_ catalog: Catalog) { self.catalog = catalog }

    package var html: String {
        let body: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>Catalogue of \(catalog.store)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <header>
            <h1>Catalogue of \(catalog.store)</h1>
            <p>Kindred \(catalog.version), as of \(Catalog.time(catalog.modified))</p>
            <label>Search <input id="search" type="search"/></label> <output id="found"></output>
            <nav><a href="#sources">Sources</a> <a href="#relations">Tables and views</a> <a href="#outputs">Outputs</a>
            <a href="#checks">Quality</a> <a href="#models">Models</a> <a href="#lineage">Lineage</a></nav>
            </header>
            <main>
            \(sources)
            \(relations)
            \(outputs)
            \(checks)
            \(models)
            \(lineage)
            </main>
            <script>\(Self.script)</script>
            </body>
            </html>

            """
        return body.text
    }

    // MARK: Parts

    private var sources: Markup {
        let rows = catalog.sources.map { source -> Markup in
            """
            <tr class="entry"><th scope="row"><a href="#\(Self.anchor("source:\(source.number)"))">\(source.name)</a></th>
            <td class="number">\(source.rowsRead.map { "\($0)" } ?? "")</td><td class="number">\(source.kept.map { "\($0)" } ?? "")</td>
            <td class="number">\(source.rejected.map { "\($0)" } ?? "")</td><td class="number">\(source.bytes.map { "\($0)" } ?? "")</td>
            <td>\(source.finished.map(Catalog.time) ?? "not complete")</td><td><code>\(source.checksum)</code></td>
            <td>\(source.licence ?? "not stated")</td><td>\(source.citation ?? "")</td></tr>

            """
        }
        return """
            <section id="sources"><h2>Sources</h2>
            \(Self.table(["file", "rows", "kept", "rejected", "bytes", "imported", "SHA-256", "licence", "citation"], rows))
            </section>
            """
    }

    private var relations: Markup {
        let parts = catalog.relations.map { relation -> Markup in
            let rows: Markup = relation.rows.map { "; \($0) rows" } ?? ""
            let also: Markup? =
                relation.alsoReads.isEmpty
                ? nil : "<p>Also reads \(relation.alsoReads.joined(separator: ", ")).</p>"
            return """
                <details class="entry"><summary><b>\(relation.name)</b> \(relation.definition)</summary>
                <p>\(relation.kind)\(rows); \(relation.isPersonal ? "about people" : "not about people"); kept
                \(relation.retention); owner: \(relation.owner)</p>
                \(Self.table(["column", "type", "unit", "personal", "nulls", "distinct", "range", "values", "definition"], relation.variables.map(variable)))
                \(also)
                </details>

                """
        }
        return "<section id=\"relations\"><h2>Tables and views</h2>\n\(parts)</section>"
    }

    private func variable(_ variable: Catalog.Variable) -> Markup {
        let range: Markup
        if let least = variable.least, let most = variable.most {
            range =
                variable.unit == "s since 1970"
                ? "\(Catalog.time(Int64(least))) to \(Catalog.time(Int64(most)))"
                : "\(Catalog.number(least)) to \(Catalog.number(most))"
        } else {
            range = ""
        }
        let definition = ([variable.definition] + variable.sources.map { "from \($0)" }).joined(separator: "; ")
        return """
            <tr><th scope="row">\(variable.name)</th><td>\(variable.type)</td><td>\(variable.unit ?? "")</td>
            <td>\(variable.isPersonal ? "yes" : "no")</td><td class="number">\(variable.nulls.map { "\($0)" } ?? "")</td>
            <td class="number">\(variable.distinct.map { "\($0)" } ?? "")</td><td>\(range)</td>
            <td>\(histogram(variable))</td><td>\(definition)</td></tr>

            """
    }

    private func histogram(_ variable: Catalog.Variable) -> Markup? {
        let most = variable.histogram.map(\.count).max() ?? 0
        guard most > 0 else { return nil }
        let width = 120.0 / Double(variable.histogram.count)
        let bars = variable.histogram.enumerated().map { place, group -> Markup in
            let height = 28.0 * Double(group.count) / Double(most)
            return """
                <rect x="\(Double(place) * width)" y="\(30 - height)" width="\(max(1, width - 1))" height="\(height)"><title>\(group.label): \(group.count)</title></rect>
                """
        }
        let hidden: Markup? =
            variable.hiddenGroups > 0
            ? "<small>\(variable.hiddenGroups) groups of fewer than \(Catalog.smallestGroup) people are not shown</small>"
            : nil
        return """
            <svg class="histogram" width="120" height="30" viewBox="0 0 120 30" role="img"
            aria-label="histogram of \(variable.name)">\(bars)</svg>\(hidden)
            """
    }

    private var outputs: Markup {
        let rows = catalog.outputs.map { output -> Markup in
            """
            <tr class="entry"><th scope="row"><a href="#\(Self.anchor("output:\(output.place)"))">\(output.place)</a></th>
            <td>\(output.kind)</td><td>\(output.written > 0 ? Catalog.time(output.written) : "")</td>
            <td class="number">\(output.rows.map { "\($0)" } ?? "")</td><td>\(output.holdsPeople ? "yes" : "no")</td>
            <td><code>\(output.sha256 ?? "")</code></td></tr>

            """
        }
        return """
            <section id="outputs"><h2>Outputs</h2>
            \(Self.table(["place", "kind", "written", "rows", "about people", "SHA-256"], rows))
            </section>
            """
    }

    private var checks: Markup {
        let rows = catalog.checks.map { check -> Markup in
            let history = check.history.map {
                "\(Catalog.time($0.checked)): \(Catalog.number($0.observed))\($0.hasPassed ? "" : " failed")"
            }
            return """
                <tr class="entry\(check.hasPassed ? "" : " failed")"><th scope="row">\(check.name)</th>
                <td>\(([check.relation, check.field].filter { !$0.isEmpty }).joined(separator: "."))</td>
                <td>\(check.rule)</td><td class="number">\(Catalog.number(check.observed))</td>
                <td>\(check.hasPassed ? "passed" : "failed")</td><td>\(history.joined(separator: "; "))</td></tr>

                """
        }
        return """
            <section id="checks"><h2>Quality</h2>
            \(Self.table(["check", "of", "rule", "observed", "result", "history"], rows))
            </section>
            """
    }

    private var models: Markup {
        let parts = catalog.models.map { card -> Markup in
            "<details class=\"entry\"><summary><b>\(card.name)</b></summary>\(card.html)</details>\n"
        }
        return "<section id=\"models\"><h2>Models</h2>\n\(parts)</section>"
    }

    // MARK: Pieces

    static func table(_ heads: [String], _ rows: [Markup]) -> Markup {
        guard !rows.isEmpty else { return "<p>None.</p>" }
        let columns = heads.map { head -> Markup in "<th scope=\"col\">\(head)</th>" }
        return """
            <div class="scroll"><table><thead><tr>\(columns)</tr></thead>
            <tbody>
            \(rows)</tbody></table></div>
            """
    }

    /// The id of a node's part of the page.
    static func anchor(_ id: String) -> String { "node-\(id)" }
}
