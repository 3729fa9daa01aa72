public import FileOutput
import Graphs
import LinearAlgebra
import Neighbors

extension GraphExport {
    /// `graph.mtx`: the symmetric matrix of similarities, of which the format holds the lower triangle
    /// (https://math.nist.gov/MatrixMarket/formats.html).
    public func writeMatrixMarket(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            """
            %%MatrixMarket matrix coordinate real symmetric
            % Similarities of users; row and column i are the user in line i of users.csv after its header, from 1.
            % Each edge is here once, in the lower triangle; users without edges have empty rows.
            \(graph.vertexCount) \(graph.vertexCount) \(graph.edgeCount)

            """)
        try writer.write(rows: graph.vertexCount, threads: threads) { source, text in
            forEachEdge(from: source) { _, target, weight, _ in
                text.append(decimal: target + 1)
                text.append(UInt8(ascii: " "))
                text.append(decimal: source + 1)
                text.append(UInt8(ascii: " "))
                text.append(shortest: weight)
                text.append(UInt8(ascii: "\n"))
            }
        }
    }
}
