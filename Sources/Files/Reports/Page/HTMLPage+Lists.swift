import Evaluation
import FileOutput

extension HTMLPage {
    var overlapSection: Section? {
        let overlaps = comparison.overlaps.filter { $0.userCount > 0 }
        guard let cutoff = overlaps.first?.cutoff else { return nil }
        let highest = overlaps.flatMap(OverlapChart.shares).reduce(0, max)
        let figures = overlaps.enumerated().map { place, overlap in
            HTMLPage.figure(
                "\(overlap.first) and \(overlap.second)",
                note: "Jaccard \(overlap.jaccard.fixed(3)), RBO \(overlap.rankBiasedOverlap.fixed(3))",
                OverlapChart(id: "overlap-\(place)", overlap: overlap, highest: highest).svg)
        }
        return Section(
            id: "overlap", title: "Do models recommend the same?",
            body: """
                <p>How many of the first \(cutoff) items two models share, as the percentage of \
                \(overlaps[0].userCount.grouped) lists. Jaccard and RBO are means over users: 0 where nothing is shared, 1 \
                where the lists are equal; RBO weighs the first places most.</p>
                <div class="multiples">
                \(figures)</div>

                """)
    }

    var exampleSection: Section? {
        let tables = report.examples.filter { !$0.lists.isEmpty }.map(example)
        guard !tables.isEmpty else { return nil }
        let several: Markup? =
            report.examples.contains { $0.lists.count > 1 }
            ? ", and <span class=\"lists\">2 lists</span> what several models recommend" : nil
        return Section(
            id: "examples", title: "The lists of example users",
            body: """
                <p><span class="check">✓</span> marks what the user liked in the test ratings\(several). In small print \
                stands why.</p>
                \(tables)
                """)
    }

    private func example(_ example: ListExample) -> Markup {
        let heads = example.lists.map { list -> Markup in
            "<th scope=\"col\"><span class=\"name \(mark(of: list.model)?.cssClass ?? "")\">\(list.model)</span></th>"
        }
        let length = example.lists.map(\.places.count).reduce(0, max)
        let rows = (0..<length).map { place -> Markup in
            let cells = example.lists.map { list -> Markup in
                place < list.places.count ? cell(list.places[place]) : "<td></td>"
            }
            return "<tr><th scope=\"row\">\(place + 1)</th>\(cells)</tr>\n"
        }
        let favorites: Markup =
            example.favorites.isEmpty
            ? ""
            : "<p class=\"favorites\">Rated highest in training: \(example.favorites.joined(separator: " · "))</p>\n"
        let table: Markup = """
            <table class="examples">
            <caption>\(sharing(example))</caption>
            <thead><tr><th scope="col">place</th>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
        return """
            <h3>User \(example.user), \(example.ratingCount.counted("training rating"))</h3>
            \(favorites)\(HTMLPage.scrolling(table, name: "Lists of user \(example.user)"))
            """
    }

    private func sharing(_ example: ListExample) -> String {
        guard example.lists.count > 1 else { return "The first \(example.cutoff) places" }
        let models = "\(example.lists[0].model) and \(example.lists[1].model)"
        return "\(models) share \(example.sharedCount) of their first \(example.cutoff)"
    }

    private func cell(_ place: ListExample.Place) -> Markup {
        let check: Markup =
            place.isRelevant
            ? "<span class=\"check\" aria-hidden=\"true\">✓ </span><span class=\"unseen\">liked: </span>" : ""
        let lists: Markup = place.listCount > 1 ? " <span class=\"lists\">\(place.listCount) lists</span>" : ""
        let reason: Markup? = place.reason.map { "<small>\($0)</small>" }
        return """
            <td class="\(place.isRelevant ? "relevant" : "other")">\(check)\(place.title ?? place.item)\(lists)\(reason)</td>
            """
    }
}
