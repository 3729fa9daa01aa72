import Evaluation
import FileOutput

/// A comparison as an HTML page.
///
/// Each section is its own extension and nil without data, so that no empty section is shown.
struct HTMLPage {
    /// A part of the page with a heading.
    struct Section {
        /// The anchor of links within the page.
        let id: String
        let title: String
        let body: Markup
    }

    let report: ComparisonReport
    let marks: [ModelMark]

    init(_ report: ComparisonReport) {
        self.report = report
        marks = report.comparison.models.enumerated().map { ModelMark(model: $0.element, index: $0.offset) }
    }

    var comparison: Comparison { report.comparison }

    func mark(of model: String) -> ModelMark? { marks.first { $0.model == model } }

    private var sections: [Section] {
        [
            summarySection, differenceSection, ratingBucketSection, rankingSection, densitySection, calibrationSection,
            overlapSection, trainingSection, exampleSection, optionSection, glossarySection,
        ].compactMap { $0 }
    }

    /// The whole page.
    var markup: Markup {
        let sections = sections
        return Self.document(
            title: "Models compared on \(report.source)",
            """
            \(header)\
            \(contents(sections))\
            \(sections.map(markup))\
            <footer><p>Written by kindred \(report.version). The same numbers are in <code>report.json</code> and \
            <code>metrics.csv</code>.</p></footer>

            """)
    }

    /// A self-contained page. The content security policy prevents loading or running anything.
    static func document(title: String, _ main: Markup) -> Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <title>\(title)</title>
        <style>
        \(style)\
        </style>
        </head>
        <body>
        <main>
        \(main)\
        </main>
        </body>
        </html>

        """
    }

    private var header: Markup {
        """
        <header>
        <h1>Models compared on <span class="source">\(report.source)</span></h1>
        <p class="answer">\(answer)</p>
        <p class="facts">\(facts.joined(separator: " · "))</p>
        </header>

        """
    }

    private var facts: [String] {
        let results = comparison.results
        // Every model is tested on the same ratings, so any model of a fold gives the count.
        let ratings = (1...max(1, comparison.foldCount)).compactMap { fold in
            results.first { $0.fold == fold && $0.ratings != nil }?.ratings?.metrics.count
        }
        let users = (1...max(1, comparison.foldCount)).compactMap { fold in
            results.first { $0.fold == fold && $0.rankings != nil }?.rankings?.metrics.first?.userCount
        }
        return [marks.count.counted("model"), comparison.foldCount.counted("fold")]
            + (ratings.isEmpty ? [] : [ratings.reduce(0, +).counted("test rating")])
            + (users.isEmpty ? [] : [users.reduce(0, +).counted("list") + " judged per model"])
            + (users.isEmpty ? [] : ["likes are ratings of \(Double(comparison.relevance).plain) or more"])
    }

    private func contents(_ sections: [Section]) -> Markup {
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>\n" as Markup }
        return "<nav aria-label=\"Sections\"><ul>\n\(links)</ul></nav>\n"
    }

    private func markup(_ section: Section) -> Markup {
        """
        <section id="\(section.id)" aria-labelledby="\(section.id)-heading">
        <h2 id="\(section.id)-heading">\(section.title)</h2>
        \(section.body)\
        </section>

        """
    }

    /// A horizontally scrolling table; `name` is its label for screen readers.
    static func scrolling(_ table: Markup, name: String) -> Markup {
        "<div class=\"scroll\" role=\"region\" aria-label=\"\(name)\" tabindex=\"0\">\n\(table)</div>\n"
    }

    /// A chart with a heading and an optional note.
    static func figure(_ title: Markup, note: Markup? = nil, _ svg: Markup) -> Markup {
        let text: Markup? = note.map { "<p>\($0)</p>" }
        return "<figure>\n<figcaption><h3>\(title)</h3>\(text)</figcaption>\n\(svg)</figure>\n"
    }
}
