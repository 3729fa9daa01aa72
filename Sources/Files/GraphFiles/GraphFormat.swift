public import Engine
public import FileOutput

/// A format of graph files.
public enum GraphFormat: String, Sendable, CaseIterable {
    /// `users.csv`, `edges.csv` and `communities.csv`.
    case csv
    /// `graph.graphml`, for Gephi, igraph, networkx and yEd.
    case graphML = "graphml"
    /// `graph.gexf`, for Gephi.
    case gexf
    /// Arrays for numpy.
    case npy
}

extension GraphExport {
    /// Writes the files of a format.
    public func write(_ format: GraphFormat, to output: OutputFolder) throws(OutputError) {
        switch format {
        case .csv:
            try output.write("users.csv", writeUsers)
            try output.write("edges.csv", writeEdges)
            try output.write("communities.csv", writeCommunities)
        case .graphML: try output.write("graph.graphml", writeGraphML)
        case .gexf: try output.write("graph.gexf", writeGEXF)
        case .npy:
            for (name, array) in arrays {
                try output.write(name) { writer throws(OutputError) in try writer.write(array.bytes) }
            }
        }
    }
}

extension Snapshot {
    /// Writes the graph to a folder; its files appear together or not at all.
    ///
    /// - Parameter threads: the output does not depend on it.
    public func export(to folder: String, formats: [GraphFormat], threads: Int = 1) throws(OutputError) {
        let output = try OutputFolder(folder)
        defer { output.discard() }
        let export = GraphExport(self, threads: threads)
        for format in formats { try export.write(format, to: output) }
        try output.commit()
    }
}
