import ArgumentParser
import Interchange

/// The formats to write, as they are named on the command line.
struct FormatList: ExpressibleByArgument, CustomStringConvertible {
    enum Format: String, CaseIterable {
        case csv, graphml, gexf, npy
    }

    let formats: [Format]

    init() { formats = [.csv, .graphml] }

    init?(argument: String) {
        let names = argument.split(separator: ",")
        formats = names.compactMap { Format(rawValue: String($0)) }
        guard formats.count == names.count, !formats.isEmpty else { return nil }
    }

    var description: String { formats.map(\.rawValue).joined(separator: ",") }
    var defaultValueDescription: String { description }

    func write(_ export: GraphExport, to output: OutputFolder) throws {
        for format in formats {
            switch format {
            case .csv:
                try output.write("users.csv", export.writeUsers)
                try output.write("edges.csv", export.writeEdges)
                try output.write("communities.csv", export.writeCommunities)
            case .graphml: try output.write("graph.graphml", export.writeGraphML)
            case .gexf: try output.write("graph.gexf", export.writeGEXF)
            case .npy:
                for (name, array) in export.arrays {
                    try output.write(name) { writer throws(OutputError) in try writer.write(array.bytes) }
                }
            }
        }
    }
}
