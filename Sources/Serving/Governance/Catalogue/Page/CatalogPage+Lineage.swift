import FileOutput

extension CatalogPage {
    /// The picture, and for each node what is upstream and downstream of it: every box and every name is a link.
    var lineage: Markup {
        let parts = catalog.lineage.nodes.map { node -> Markup in
            """
            <article class="entry" id="\(Self.anchor(node.id))"><h3>\(node.title)</h3>
            <p>\(Self.facts(of: node))</p>
            <p>From: \(links(catalog.lineage.reached(from: node.id, .up)))</p>
            <p>Into: \(links(catalog.lineage.reached(from: node.id, .down)))</p></article>

            """
        }
        return """
            <section id="lineage"><h2>Lineage</h2>
            <p>Data flows from left to right. Each box leads to what is upstream and downstream of it.</p>
            \(LineagePicture(catalog.lineage).svg)
            \(parts)
            </section>
            """
    }

    /// The nearest nodes are linked; where there are more, `lineage.json` has them.
    private static let mostLinks = 100

    private func links(_ nodes: [Lineage.Node]) -> Markup {
        guard !nodes.isEmpty else { return "nothing" }
        let links = nodes.prefix(Self.mostLinks).map { node -> Markup in
            " <a href=\"#\(Self.anchor(node.id))\">\(node.title)</a>"
        }
        let more: Markup? = nodes.count > links.count ? " and \(nodes.count - links.count) more" : nil
        return "\(links)\(more)"
    }

    private static func facts(of node: Lineage.Node) -> String {
        let facts = [
            node.kind.rawValue, node.version.map { "version \($0)" }, node.rows.map { "\($0) rows" },
            node.time.flatMap { $0 > 0 ? Catalog.time($0) : nil }, node.checksum.map { "SHA-256 \($0)" },
        ]
        return facts.compactMap { $0 }.joined(separator: "; ")
    }
}

/// Boxes in columns by kind, newest first, joined by the edges between them.
struct LineagePicture {
    private let columns: [[Lineage.Node]]
    private let edges: [Lineage.Edge]
    /// How many nodes of the older ones are left out.
    private let omitted: Int

    /// A column has no more boxes; older nodes are in the text alone.
    private static let longest = 24
    private static let (width, height, gap) = (150.0, 34.0, 60.0)

    init(_ lineage: Lineage) {
        let order: [[Lineage.Kind]] = [
            [.source, .topic], [.import], [.ratings], [.run], [.model], [.table, .view], [.output],
        ]
        let all = order.map { kinds in lineage.nodes.filter { kinds.contains($0.kind) } }.filter { !$0.isEmpty }
        columns = all.map { Array($0.suffix(Self.longest).reversed()) }
        omitted = all.reduce(0) { $0 + max(0, $1.count - Self.longest) }
        edges = lineage.edges
    }

    var svg: Markup {
        var places: [String: (x: Double, y: Double)] = [:]
        for (column, nodes) in columns.enumerated() {
            for (row, node) in nodes.enumerated() {
                places[node.id] = (10 + Double(column) * (Self.width + Self.gap), 10 + Double(row) * (Self.height + 14))
            }
        }
        let lines = edges.compactMap { edge -> Markup? in
            guard let from = places[edge.from], let to = places[edge.to] else { return nil }
            return Self.line(from, to, edge.by)
        }
        let boxes = columns.joined().map { node -> Markup in
            let place = places[node.id] ?? (0, 0)
            return """
                <a href="#\(CatalogPage.anchor(node.id))"><rect class="\(node.kind.rawValue)" x="\(place.x)" y="\(place.y)" width="\(Self.width)" height="\(Self.height)" rx="4"><title>\(node.title)</title></rect><text x="\(place.x + 8)" y="\(place.y + 21)">\(Self.short(node.title))</text></a>

                """
        }
        let width = 20 + Double(columns.count) * (Self.width + Self.gap) - Self.gap
        let height = 20 + Double(columns.map(\.count).max() ?? 0) * (Self.height + 14)
        let note: Markup? = omitted > 0 ? "<p>\(omitted) older ones are in the list below alone.</p>" : nil
        return """
            <div class="scroll"><svg class="lineage" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="img" aria-label="lineage">
            \(lines)
            \(boxes)</svg></div>\(note)
            """
    }

    private static func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ by: String) -> Markup {
        let (y0, y1) = (from.y + height / 2, to.y + height / 2)
        // Within a column, along its left side.
        if from.x == to.x {
            return """
                <path d="M\(from.x) \(y0) C\(from.x - 30) \(y0) \(to.x - 30) \(y1) \(to.x) \(y1)"><title>\(by)</title></path>

                """
        }
        let (x0, x1) = (from.x + width, to.x)
        let bend = max(30, (x1 - x0) / 2)
        return """
            <path d="M\(x0) \(y0) C\(x0 + bend) \(y0) \(x1 - bend) \(y1) \(x1) \(y1)"><title>\(by)</title></path>

            """
    }

    private static func short(_ title: String) -> String {
        title.count <= 20 ? title : title.prefix(19) + "…"
    }
}
