public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

/// Tables for `neo4j-admin database import` (https://neo4j.com/docs/operations-manual/current/import/).
extension GraphExport {
    /// `neo4j/nodes.csv`: users with their types in the header, and the label `User`.
    public func writeNeo4jNodes(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            "userId:ID(User),ratings:int,meanRating:double,degree:int,weightedDegree:double,community:int,:LABEL\n")
        for user in 0..<ratings.users.count {
            try writer.write(writer.csvField(ratings.users[user]))
            try writer.write(",\(ratings.byUser.entries(ofRow: user).count),")
            try writer.write(shortest: meanRatings[user])
            try writer.write(",\(graph.degree(of: user)),")
            try writer.write(shortest: graph.weightedDegree(of: user))
            try writer.write(",\(community(of: user)),User\n")
        }
    }

    /// `neo4j/relationships.csv`: each pair once, from the earlier to the later user.
    public func writeNeo4jRelationships(to writer: inout ByteWriter) throws(OutputError) {
        try writeEdges(
            header: ":START_ID(User),:END_ID(User),:TYPE,similarity:float,support:int", column: "SIMILAR_TO",
            to: &writer)
    }
}
