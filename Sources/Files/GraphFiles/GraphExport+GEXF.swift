public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphExport {
    /// `graph.gexf` (GEXF 1.3): the graph with its attributes, for Gephi.
    public func writeGEXF(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <gexf xmlns="http://gexf.net/1.3" version="1.3">
              <graph defaultedgetype="undirected" mode="static">
                <attributes class="node">
                  <attribute id="0" title="community" type="integer"/>
                  <attribute id="1" title="ratings" type="integer"/>
                  <attribute id="2" title="mean_rating" type="double"/>
                  <attribute id="3" title="degree" type="integer"/>
                </attributes>
                <attributes class="edge">
                  <attribute id="0" title="support" type="integer"/>
                </attributes>
                <nodes>

            """)
        for user in 0..<ratings.users.count {
            try writer.write(
                """
                      <node id="\(user)" label="\(xmlText(ratings.users[user]))"><attvalues>\
                <attvalue for="0" value="\(community(of: user))"/>\
                <attvalue for="1" value="\(ratings.byUser.entries(ofRow: user).count)"/>\
                <attvalue for="2" value="\(meanRatings[user])"/>\
                <attvalue for="3" value="\(graph.degree(of: user))"/></attvalues></node>

                """)
        }
        try writer.write("    </nodes>\n    <edges>\n")
        let fragments = EdgeFragments(
            number: "      <edge id=\"", source: "\" source=\"", target: "\" target=\"", weight: "\" weight=\"",
            support: "\"><attvalues><attvalue for=\"0\" value=\"", end: "\"/></attvalues></edge>\n")
        try write(edges: fragments, to: &writer)
        try writer.write("    </edges>\n  </graph>\n</gexf>\n")
    }
}
