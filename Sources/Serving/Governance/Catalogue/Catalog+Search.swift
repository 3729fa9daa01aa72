extension Catalog {
    /// Something that a search found.
    public struct Match: Sendable, Encodable, Equatable {
        /// `source`, `relation`, `variable`, `output`, `check` or `model`.
        public let kind: String
        /// Such as `ratings` or `ratings.value`.
        public let name: String
        public let text: String
        /// Its node of the lineage, where it has one.
        public let node: String?
    }

    /// Everything that has all words of a text, in upper or lower case, in the order of the catalogue.
    public func search(_ text: String) -> [Match] {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return [] }
        return all.filter { match in
            let text = "\(match.kind) \(match.name) \(match.text)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    private var all: [Match] {
        let nodes = Set(lineage.nodes.map(\.id))
        func known(_ node: String) -> String? { nodes.contains(node) ? node : nil }
        let sources = sources.map { source in
            Match(
                kind: "source", name: source.name,
                text: [
                    "SHA-256 \(source.checksum)", source.licence.map { "licence: \($0)" },
                    source.citation.map { "cite as: \($0)" },
                ].compactMap { $0 }.joined(separator: "; "),
                node: known("source:\(source.number)"))
        }
        let relations = relations.flatMap { relation in
            [
                Match(
                    kind: "relation", name: relation.name, text: relation.definition,
                    node: known("\(relation.kind):\(relation.name)"))
            ]
                + relation.variables.map {
                    Match(kind: "variable", name: "\(relation.name).\($0.name)", text: $0.definition, node: nil)
                }
        }
        let outputs = outputs.map {
            Match(kind: "output", name: $0.place, text: $0.kind, node: known("output:\($0.place)"))
        }
        let checks = checks.map { check in
            Match(
                kind: "check",
                name: "\(check.name) of \([check.relation, check.field].filter { !$0.isEmpty }.joined(separator: "."))",
                text: check.rule, node: nil)
        }
        let models = models.map {
            Match(
                kind: "model", name: $0.name, text: $0.parameters,
                node: known($0.folder.map { "output:\($0)/model.json" } ?? "model:\($0.model)"))
        }
        return sources + relations + outputs + checks + models
    }
}

extension Lineage {
    /// A node and all that can be reached from it, with the edges between them; all of it without a node.
    ///
    /// - Returns: nil where there is no such node.
    public func part(from id: String?, _ direction: Direction) -> Lineage? {
        guard let id else { return self }
        guard let start = node(id) else { return nil }
        let kept = [start] + reached(from: id, direction)
        let ids = Set(kept.map(\.id))
        return Lineage(nodes: kept, edges: edges.filter { ids.contains($0.from) && ids.contains($0.to) })
    }
}
