import Dispatch
import Engine
import FileOutput
import Foundation
import GraphFiles
import HTTPTypes
import Live
import Logging
import Platform
import Store

/// The graph as it stands as files, each written once, so that a download is read from the disk piece by piece.
///
/// They lie in the folder for temporary files, where cleaners may take them: what is not there is written again.
actor GraphFiles {
    enum Format: String { case graphml, csv }

    private let threads: Int
    private let parent: URL
    private let logger: Logger
    private var folder: PrivateFolder?
    /// By name, those that are being written among them, so that downloads which begin at once wait for the same file.
    private var files: [File: Task<String, any Error>] = [:]
    /// In the order in which they were asked for.
    private var order: [File] = []

    private static let prefix = "kindred-downloads"

    private struct File: Hashable {
        let version: String
        let format: Format

        var name: String { "\(version).\(format.rawValue)" }
    }

    /// - Parameter parent: where its folder will be; those that killed processes have left there are removed.
    init(threads: Int, in parent: URL, logger: Logger) {
        self.threads = threads
        self.parent = parent
        self.logger = logger
        PrivateFolder.removeAbandoned(in: parent, prefix: Self.prefix)
    }

    /// The path of a file of this graph.
    ///
    /// - Throws: `Problem` where it cannot be written.
    func path(_ format: Format, of view: GraphView) async throws -> String {
        let file = File(version: view.version, format: format)
        let known = files[file]
        if let path = try? await known?.value, FileKind(path) == .file { return path }
        // Whoever finds it missing first writes it; the others wait for that.
        let writing: Task<String, any Error>
        if let another = files[file], another != known {
            writing = another
        } else {
            writing = Task { try await write(format, view, named: file.name) }
            files[file] = writing
            order.removeAll { $0 == file }
            order.append(file)
        }
        do {
            let path = try await writing.value
            removeEarlier(than: file)
            return path
        } catch {
            logger.error("a file for download cannot be written", metadata: ["error": "\(error)"])
            throw Problem(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "the file cannot be written: the folder for temporary files is full or read-only. "
                    + "Make room there, or start the service with another TMPDIR.")
        }
    }

    /// A download that has the file of an earlier graph open keeps it.
    private func removeEarlier(than file: File) {
        let earlier = order.prefix { $0 != file }.filter { $0.format == file.format }
        order.removeAll(where: earlier.contains)
        for other in earlier {
            if let folder { try? FileManager.default.removeItem(at: folder.url.appendingPathComponent(other.name)) }
            files[other] = nil
        }
    }

    func removeAll() {
        folder?.remove()
        folder = nil
        files = [:]
        order = []
    }

    private func write(_ format: Format, _ view: GraphView, named name: String) async throws -> String {
        let path = try existingFolder().url.appendingPathComponent(name).path
        try await write(format, view, to: path)
        return path
    }

    private func existingFolder() throws -> PrivateFolder {
        if let folder, folder.exists { return folder }
        let made = try PrivateFolder(in: parent, prefix: Self.prefix)
        folder = made
        return made
    }

    private nonisolated func write(_ format: Format, _ view: GraphView, to path: String) async throws {
        let graph = view.graph
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
