import Dispatch
import Engine
import FileOutput
import Foundation
import GraphFiles
import Live
import Store

/// The graph of the newest snapshot as files, each written once, so that a download is read from the disk piece by piece.
actor GraphFiles {
    enum Format: String { case graphml, csv }

    private let folder: URL
    private let threads: Int
    /// By name, those that are being written among them, so that downloads which begin at once wait for the same file.
    private var files: [File: Task<String, any Error>] = [:]

    private struct File: Hashable {
        let run: Int64
        let format: Format

        var name: String { "run-\(run).\(format.rawValue)" }
    }

    init(threads: Int) {
        self.threads = threads
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file of this snapshot.
    func path(_ format: Format, of snapshot: LiveSnapshot) async throws -> String {
        let file = File(run: snapshot.run.number, format: format)
        let writing =
            files[file]
            ?? Task {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let path = folder.appendingPathComponent(file.name).path
                try await write(format, snapshot, to: path)
                return path
            }
        files[file] = writing
        do {
            let path = try await writing.value
            removeEarlier(than: file)
            return path
        } catch {
            // The next download tries again.
            files[file] = nil
            throw error
        }
    }

    /// A download that has the file of an earlier snapshot open keeps it.
    private func removeEarlier(than file: File) {
        for other in files.keys where other.format == file.format && other.run < file.run {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(other.name))
            files[other] = nil
        }
    }

    func removeAll() {
        try? FileManager.default.removeItem(at: folder)
        files = [:]
    }

    private nonisolated func write(_ format: Format, _ snapshot: LiveSnapshot, to path: String) async throws {
        let graph = snapshot.graph
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global(qos: .utility).async { [threads] in
                let export = GraphExport(graph, threads: threads)
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
