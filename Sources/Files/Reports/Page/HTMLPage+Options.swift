import Engine
import FileOutput

extension HTMLPage {
    var optionSection: Section? {
        let made = [
            (key: "arithmetic", value: report.arithmetic.text), (key: "version of kindred", value: report.version),
        ]
        let options = report.options.sorted { $0.key < $1.key } + made
        let rows = options.map { name, value -> Markup in
            "<tr><th scope=\"row\">\(name)</th><td class=\"text\"><code>\(value)</code></td></tr>\n"
        }
        let table: Markup = """
            <table class="options">
            <caption>What the models were run with</caption>
            <thead><tr><th scope="col">option</th><th scope="col" class="text">value</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
        return Section(id: "options", title: "Options", body: HTMLPage.scrolling(table, name: "Options"))
    }
}
