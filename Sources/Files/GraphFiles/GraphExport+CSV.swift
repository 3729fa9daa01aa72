import Engine
public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphExport {
    /// `users.csv`: one line per user, in vocabulary order.
    public func writeUsers(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write("user_id,ratings,mean_rating,degree,weighted_degree,community\n")
        for user in 0..<ratings.users.count {
            try writer.write(writer.csvField(ratings.users[user]))
            try writer.write(",")
            try writer.write(ratings.byUser.entries(ofRow: user).count)
            try writer.write(",")
            try writer.write(shortest: meanRatings[user])
            try writer.write(",")
            try writer.write(graph.degree(of: user))
            try writer.write(",")
            try writer.write(shortest: graph.weightedDegree(of: user))
            try writer.write(",")
            try writer.write(community(of: user))
            try writer.write("\n")
        }
    }

    /// `edges.csv`: each pair once, source before target in vocabulary order.
    public func writeEdges(to writer: inout ByteWriter) throws(OutputError) {
        try writeEdges(header: "source,target,similarity,support", to: &writer)
    }

    /// Edges under another header.
    ///
    /// - Parameter column: the same text for every edge, between its users and its similarity.
    func writeEdges(header: String, column: String? = nil, to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(header + "\n")
        let middle = Array((column.map { ",\($0)," } ?? ",").utf8)
        // Concatenated: separate arrays would be retained and released for every edge.
        var names: [UInt8] = []
        var nameEnds = [0]
        for user in 0..<ratings.users.count {
            names += writer.csvField(ratings.users[user]).utf8
            nameEnds.append(names.count)
        }
        let (allNames, ends) = (names, nameEnds)
        try writer.write(rows: graph.vertexCount, threads: threads) { source, text in
            let name = Array(allNames[ends[source]..<ends[source + 1]]) + [comma]
            forEachEdge(from: source) { _, target, weight, support in
                text += name
                for place in ends[Int(target)]..<ends[Int(target) + 1] { text.append(allNames[place]) }
                text += middle
                text.append(shortest: weight)
                text.append(comma)
                text.append(decimal: support)
                text.append(lineBreak)
            }
        }
    }

    /// `communities.csv`: one line per community, largest first.
    public func writeCommunities(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            "community,size,internal_weight,conductance,top_items,mean_rating,top_genres\n")
        for (label, profile) in snapshot.profiles.enumerated() {
            let items = profile.topItems.prefix(5).map { snapshot.dataset.title(of: $0.index) }
            let genres = profile.topGenres.map { snapshot.dataset.items.genreNames[$0.index] }
            try writer.write("\(communityNumbers[label]),\(profile.statistics.size),")
            try writer.write(shortest: profile.statistics.internalWeight)
            try writer.write(",")
            try writer.write(shortest: profile.statistics.conductance)
            try writer.write(",\(writer.csvField(items.joined(separator: "; "))),")
            try writer.write(shortest: profile.meanRating)
            try writer.write(",\(writer.csvField(genres.joined(separator: "; ")))\n")
        }
    }
}

private let comma = UInt8(ascii: ",")
private let lineBreak = UInt8(ascii: "\n")
