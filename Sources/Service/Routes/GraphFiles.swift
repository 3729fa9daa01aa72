import Dispatch
import Engine
import Foundation
import Interchange
import Live
import Store

/// The graph of the newest snapshot as files, each written once, so that a download is read from the disk piece by piece.
actor GraphFiles {
    enum Format: String { case graphml, csv }

    private let folder: URL
    private let threads: Int
    private var written: [String: String] = [:]

    init(threads: Int) {
        self.threads = threads
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID().uuidString)")
    }

    /// The path of a file of this snapshot.
    func path(_ format: Format, of snapshot: LiveSnapshot) async throws -> String {
        let name = "run-\(snapshot.run.number).\(format.rawValue)"
        if let path = written[name] { return path }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent(name).path
        try await write(format, snapshot, to: path)
        // A download that has the file of an earlier snapshot open keeps it.
        for (other, old) in written where other.hasSuffix(format.rawValue) {
            try? FileManager.default.removeItem(atPath: old)
            written[other] = nil
        }
        written[name] = path
        return path
    }

    func removeAll() {
        try? FileManager.default.removeItem(at: folder)
        written = [:]
    }

    private nonisolated func write(_ format: Format, _ snapshot: LiveSnapshot, to path: String) async throws {
        let graph = snapshot.graph
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global(qos: .utility).async { [threads] in
                let export = GraphExport(
                    ratings: graph.ratings, neighbors: graph.neighbors, similarity: graph.similarity,
                    partition: graph.partition, profiles: graph.profiles, items: graph.items, threads: threads)
                continuation.resume(
                    with: Result {
                        try OutputFile(path).write { writer throws(OutputError) in
                            switch format {
                            case .graphml: try export.writeGraphML(to: &writer)
                            case .csv: try export.writeEdges(to: &writer)
                            }
                        }
                    })
            }
        }
    }
}
