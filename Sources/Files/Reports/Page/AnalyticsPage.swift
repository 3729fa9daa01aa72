public import FileOutput

/// Analytics tables as one HTML page, with plots and the first rows of each table.
public struct AnalyticsPage {
    /// One query with its result.
    public struct Part {
        /// The columns of a plot's axes.
        public struct Plot {
            let x: String
            let y: String
            let isBars: Bool

            /// Creates a plot of column `y` over column `x`, as bars or as a line.
            public init(x: String, y: String, isBars: Bool) {
                self.x = x
                self.y = y
                self.isBars = isBars
            }
        }

        /// The name, without extension, of the file with all rows; letters and underscores only.
        let name: String
        let title: String
        let table: DataTable
        let plot: Plot?

        /// Creates a part of the page.
        public init(name: String, title: String, table: DataTable, plot: Plot?) {
            self.name = name
            self.title = title
            self.table = table
            self.plot = plot
        }
    }

    private let source: String
    private let parts: [Part]
    private let version: String
    /// The number of rows shown per table; the files have all.
    private static let shownRows = 20

    /// Creates a page of parts.
    public init(source: String, parts: [Part], version: String) {
        self.source = source
        self.parts = parts
        self.version = version
    }

    /// The page as self-contained, well-formed HTML.
    public var html: String {
        let links = parts.map { "<li><a href=\"#\($0.name)\">\($0.title)</a></li>\n" as Markup }
        return HTMLPage.document(
            title: "Analytics of \(source)",
            """
            <header><h1>Analytics of <span class="source">\(source)</span></h1></header>
            <nav aria-label="Sections"><ul>
            \(links)</ul></nav>
            \(parts.map(section))\
            <footer><p>Written by kindred \(version). Each table is whole in the CSV file of its name.</p></footer>

            """
        ).text
    }

    private func section(_ part: Part) -> Markup {
        let figure = part.plot.flatMap { ColumnChart(id: "\(part.name)-plot", part.title, part.table, $0) }?.svg
        let rest = part.table.rows.count - Self.shownRows
        let more: Markup? =
            rest > 0 ? "<p>\(rest.counted("more row")) in <code>\(part.name).csv</code>.</p>\n" : nil
        return """
            <section id="\(part.name)" aria-labelledby="\(part.name)-heading">
            <h2 id="\(part.name)-heading">\(part.title)</h2>
            \(figure.map { "<figure>\n\($0)</figure>\n" as Markup })\
            \(HTMLPage.scrolling(table(part.table), name: part.title))\(more)\
            </section>

            """
    }

    private func table(_ table: DataTable) -> Markup {
        let heads = table.columns.map { "<th scope=\"col\">\($0)</th>" as Markup }
        let rows = table.rows.prefix(Self.shownRows).map { row in
            "<tr>\(row.map(cell))</tr>\n" as Markup
        }
        return "<table>\n<thead><tr>\(heads)</tr></thead>\n<tbody>\n\(rows)</tbody>\n</table>\n"
    }

    private func cell(_ value: DataTable.Value) -> Markup {
        if case .real(let number) = value, number.isFinite { return "<td class=\"number\">\(number.fixed(4))</td>" }
        return value.isNumber ? "<td class=\"number\">\(value.plain)</td>" : "<td>\(value.plain)</td>"
    }
}

/// One column of a table over another, as bars or a line.
struct ColumnChart {
    private static let left = 60.0
    private static let right = 708.0
    private static let top = 12.0
    private static let bottom = 220.0
    /// The number of labels that fit below the axis.
    private static let mostLabels = 12

    private let id: String
    private let title: String
    private let isBars: Bool
    private let labels: [String]
    private let values: [Double]

    /// nil if there is nothing to draw.
    init?(id: String, _ title: String, _ table: DataTable, _ plot: AnalyticsPage.Part.Plot) {
        guard let x = table.index(of: plot.x), let y = table.index(of: plot.y) else { return nil }
        let points = table.rows.compactMap { row in row[y].number.map { (label: row[x].plain, value: $0) } }
            .filter { $0.value.isFinite }
        guard !points.isEmpty else { return nil }
        self.id = id
        self.title = title
        isBars = plot.isBars
        let pooled = Self.pooled(points)
        labels = pooled.map(\.label)
        values = pooled.map(\.value)
    }

    /// Limits the points to the width of the picture; beyond, the largest of several represents them.
    private static func pooled(_ points: [(label: String, value: Double)]) -> [(label: String, value: Double)] {
        let stride = (points.count + 599) / 600
        guard stride > 1 else { return points }
        return Swift.stride(from: 0, to: points.count, by: stride).map { start in
            let part = points[start..<min(start + stride, points.count)]
            return (part[start].label, part.reduce(0) { max($0, $1.value) })
        }
    }

    var svg: Markup {
        let x = Scale.categories(labels.count, start: Self.left, end: Self.right)
        let y = Scale.linear(over: values, withZero: isBars, start: Self.bottom, end: Self.top)
        let stride = (labels.count + Self.mostLabels - 1) / Self.mostLabels
        let ticks = labels.indices.filter { $0 % stride == 0 }.map {
            Scale.Tick(value: Double($0), label: String(labels[$0].prefix(12)))
        }
        let shown = labels.count <= 12 ? labels.indices.map { $0 } : [0, labels.count - 1]
        let words = shown.map { "\(labels[$0]): \(values[$0].fixed(2))" }.joined(separator: "; ")
        return Picture(
            id: id, title: title, description: "\(labels.count.counted("value")). \(words).", width: 720, height: 250
        ).svg(
            """
            \(Picture.verticalAxis(y, from: Self.left, to: Self.right))\
            <g class="m0">\(isBars ? bars(x, y) : [line(x, y)])</g>
            \(Picture.horizontalAxis(x, ticks, at: Self.bottom))
            """)
    }

    private func bars(_ x: Scale, _ y: Scale) -> [Markup] {
        let width = 0.78 * (Self.right - Self.left) / Double(labels.count)
        return values.indices.map { index in
            let top = y(values[index])
            return """
                <rect class="bar" x="\(x(Double(index)) - width / 2)" y="\(top)" width="\(width)" \
                height="\(y(0) - top)"><title>\(labels[index]): \(values[index].fixed(2))</title></rect>

                """
        }
    }

    private func line(_ x: Scale, _ y: Scale) -> Markup {
        ModelMark(model: title, index: 0).line(values.indices.map { (x(Double($0)), y(values[$0])) })
    }
}
