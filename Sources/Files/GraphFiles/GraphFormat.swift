public import Engine
public import FileOutput
import Ratings

/// A format of graph files.
public enum GraphFormat: String, Sendable, CaseIterable {
    /// `users.csv`, `edges.csv` and `communities.csv`.
    case csv
    /// `graph.graphml`, for Gephi, igraph, networkx and yEd.
    case graphML = "graphml"
    /// `graph.gexf`, for Gephi.
    case gexf
    /// Arrays for numpy, and `users.csv`, whose lines they count.
    case npy
    /// `gephi/nodes.csv` and `gephi/edges.csv`, for Gephi's spreadsheet import.
    case gephi
    /// `neo4j/nodes.csv` and `neo4j/relationships.csv`, for `neo4j-admin database import`.
    case neo4j
    /// `graph.mtx`, for scipy, Julia and Matlab, and `users.csv`, whose lines it counts.
    case matrixMarket = "matrixmarket"
}

extension GraphFormat {
    /// Whether the format is one file that needs no other.
    public var isOneFile: Bool {
        switch self {
        case .graphML, .gexf, .matrixMarket: true
        case .csv, .npy, .gephi, .neo4j: false
        }
    }
}

extension GraphExport {
    /// Writes a format that is one file to a path of any name; it appears when it is complete.
    public func write(_ format: GraphFormat, toFile path: String) throws(OutputError) {
        precondition(format.isOneFile, "\(format) is several files")
        try OutputFile(path).write { writer throws(OutputError) in
            switch format {
            case .graphML: try writeGraphML(to: &writer)
            case .gexf: try writeGEXF(to: &writer)
            default: try writeMatrixMarket(to: &writer)
            }
        }
    }

    /// Writes the files of formats, one that several have once.
    public func write(_ formats: [GraphFormat], to output: OutputFolder) throws(OutputError) {
        let withUsers: Set<GraphFormat> = [.csv, .npy, .matrixMarket]
        if !withUsers.isDisjoint(with: formats) { try output.write("users.csv", writeUsers) }
        for format in formats { try write(format, to: output) }
    }

    private func write(_ format: GraphFormat, to output: OutputFolder) throws(OutputError) {
        switch format {
        case .csv:
            try output.write("edges.csv", writeEdges)
            try output.write("communities.csv", writeCommunities)
        case .graphML: try output.write("graph.graphml", writeGraphML)
        case .gexf: try output.write("graph.gexf", writeGEXF)
        case .npy:
            for (name, array) in arrays {
                try output.write(name) { writer throws(OutputError) in try writer.write(array.bytes) }
            }
        case .gephi:
            try output.write("gephi/nodes.csv", writeGephiNodes)
            try output.write("gephi/edges.csv", writeGephiEdges)
        case .neo4j:
            try output.write("neo4j/nodes.csv", writeNeo4jNodes)
            try output.write("neo4j/relationships.csv", writeNeo4jRelationships)
        case .matrixMarket: try output.write("graph.mtx", writeMatrixMarket)
        }
    }

    /// What the formats do not hold, in sentences: IDs that come back as other ones.
    public func notes(on formats: [GraphFormat]) -> [String] {
        func note(_ files: [String], _ problem: String, where isMeant: (String) -> Bool) -> String? {
            let count = files.isEmpty ? 0 : (0..<ratings.users.count).count { isMeant(ratings.users[$0]) }
            guard count > 0 else { return nil }
            return
                "\(files.joined(separator: " and ")): \(count.counted("ID")) \(count == 1 ? "has" : "have") \(problem)"
        }
        let xml = [(GraphFormat.graphML, "graph.graphml"), (.gexf, "graph.gexf")].filter { formats.contains($0.0) }
        return [
            note(xml.map(\.1), "characters that XML cannot hold; U+FFFD is written for each. The CSV files keep them.")
            {
                !$0.unicodeScalars.allSatisfy(xmlHolds)
            },
            note(
                formats.contains(.gephi) ? ["gephi"] : [],
                "a backslash, or a blank at an end, which Gephi changes as it reads CSV. Use graph.gexf.",
                where: Self.changesInGephi),
        ].compactMap(\.self)
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
        try export.write(formats, to: output)
        try output.commit()
    }
}
