public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphExport {
    /// `graph.graphml`, for Gephi, igraph, networkx and yEd.
    ///
    /// Node IDs are `n0`, `n1`, … in vocabulary order; the attribute `label` is the user's ID.
    public func writeGraphML(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
            xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns \
            http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
              <key id="label" for="node" attr.name="label" attr.type="string"/>
              <key id="community" for="node" attr.name="community" attr.type="int"/>
              <key id="ratings" for="node" attr.name="ratings" attr.type="int"/>
              <key id="mean_rating" for="node" attr.name="mean_rating" attr.type="double"/>
              <key id="degree" for="node" attr.name="degree" attr.type="int"/>
              <key id="weight" for="edge" attr.name="weight" attr.type="double"/>
              <key id="support" for="edge" attr.name="support" attr.type="int"/>
              <graph id="similarity" edgedefault="undirected">

            """)
        for user in 0..<ratings.users.count {
            try writer.write("    <node id=\"n")
            try writer.write(user)
            try writer.write("\"><data key=\"label\">")
            try writer.write(xmlText(ratings.users[user]))
            try writer.write("</data><data key=\"community\">")
            try writer.write(community(of: user))
            try writer.write("</data><data key=\"ratings\">")
            try writer.write(ratings.byUser.entries(ofRow: user).count)
            try writer.write("</data><data key=\"mean_rating\">")
            try writer.write(shortest: meanRatings[user])
            try writer.write("</data><data key=\"degree\">")
            try writer.write(graph.degree(of: user))
            try writer.write("</data></node>\n")
        }
        let fragments = EdgeFragments(
            source: "    <edge source=\"n", target: "\" target=\"n", weight: "\"><data key=\"weight\">",
            support: "</data><data key=\"support\">", end: "</data></edge>\n")
        try write(edges: fragments, to: &writer)
        try writer.write("  </graph>\n</graphml>\n")
    }
}

/// The text before, between and after the values of an edge.
struct EdgeFragments: Sendable {
    /// The text before the edge number; nil if edges have no number.
    var number: [UInt8]?
    let source: [UInt8]
    let target: [UInt8]
    let weight: [UInt8]
    let support: [UInt8]
    let end: [UInt8]

    init(number: String? = nil, source: String, target: String, weight: String, support: String, end: String) {
        self.number = number.map { Array($0.utf8) }
        self.source = Array(source.utf8)
        self.target = Array(target.utf8)
        self.weight = Array(weight.utf8)
        self.support = Array(support.utf8)
        self.end = Array(end.utf8)
    }
}

extension GraphExport {
    /// Writes every edge as an XML element.
    func write(edges fragments: EdgeFragments, to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(rows: graph.vertexCount, threads: threads) { source, text in
            var opening = fragments.source
            opening.append(decimal: source)
            opening += fragments.target
            forEachEdge(from: source) { number, target, weight, support in
                if let fragment = fragments.number {
                    text += fragment
                    text.append(decimal: number)
                }
                text += opening
                text.append(decimal: target)
                text += fragments.weight
                text.append(shortest: weight)
                text += fragments.support
                text.append(decimal: support)
                text += fragments.end
            }
        }
    }
}
