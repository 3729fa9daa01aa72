public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

/// Tables for Gephi's spreadsheet import (https://gephi.org/users/supported-graph-formats/spreadsheet).
extension GraphExport {
    /// `gephi/nodes.csv`: Id, Label and attributes; both names are the user's ID.
    public func writeGephiNodes(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write("Id,Label,community,ratings,mean_rating,degree,weighted_degree\n")
        for user in 0..<ratings.users.count {
            let name = writer.csvField(ratings.users[user])
            try writer.write("\(name),\(name),\(community(of: user)),")
            try writer.write(ratings.byUser.entries(ofRow: user).count)
            try writer.write(",")
            try writer.write(shortest: meanRatings[user])
            try writer.write(",\(graph.degree(of: user)),")
            try writer.write(shortest: graph.weightedDegree(of: user))
            try writer.write("\n")
        }
    }

    /// `gephi/edges.csv`: each pair once, undirected.
    public func writeGephiEdges(to writer: inout ByteWriter) throws(OutputError) {
        try writeEdges(header: "Source,Target,Type,Weight,support", column: "Undirected", to: &writer)
    }

    /// Whether Gephi reads a field as another text: it trims every field, and a backslash escapes what follows.
    static func changesInGephi(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "\\"))
            || [text.unicodeScalars.first, text.unicodeScalars.last].contains { $0.map { $0.value <= 0x20 } == true }
    }
}
