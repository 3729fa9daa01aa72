public import Engine
import FileOutput
import Foundation
import Graphs
import ModelFiles
import Platform
import Ratings
public import Store

/// A snapshot as files in the store, so that the program answers at once when it starts again.
///
/// Beside the files of a `GraphArchive` there are `comparison.json` and, for each model that can be saved, those of a
/// `ModelArchive` under `MODEL/`. Models that cannot be saved are quick to fit, and are fitted again.
enum SavedSnapshot {
    private static let comparisonName = "comparison.json"
    private static let communityNumbersName = "community_numbers.json"

    static func files(
        _ graph: Snapshot, _ models: [ModelKind: FittedModel], comparison: String?, version: String
    ) throws -> [(name: String, bytes: Data)] {
        var files = try GraphArchive(
            ratings: graph.ratings, neighbors: graph.neighbors, partition: graph.partition
        ).files
        for (kind, model) in models.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let stored = model.stored else { continue }
            try withTemporaryFolder { folder in
                let output = try OutputFolder(folder.appendingPathComponent(kind.rawValue).path)
                try ModelArchive.write(stored, fittedOn: graph.ratings, version: version, to: output)
                try output.commit()
                for name in try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() {
                    files.append(
                        (
                            "\(kind.rawValue)/\(name)",
                            try Data(contentsOf: URL(fileURLWithPath: "\(output.path)/\(name)"))
                        ))
                }
            }
        }
        files.append((communityNumbersName, try JSONEncoder().encode(graph.communityNumbers.numbers)))
        if let comparison { files.append((comparisonName, Data(comparison.utf8))) }
        return files
    }

    /// The newest that was kept; nil where there is none.
    ///
    /// - Throws: `StoreError.inconsistent` where what was kept is not as it was written, or an earlier version of the program has
    ///   left it in a form that is no longer read.
    static func read(from store: Store, _ configuration: LiveConfiguration) throws -> LiveSnapshot? {
        guard let (run, files) = try store.newestRun() else { return nil }
        let imports = try store.importCount()
        let graph = try Self.graph(of: run, files, store, configuration.graph)
        let dataset = graph.dataset
        var known: [ModelKind: FittedModel] = [:]
        for kind in configuration.kinds { known[kind] = try saved(kind, files, graph.ratings) }
        let models = try ModelKind.fit(configuration.kinds, dataset, configuration.models, known: known)
        return LiveSnapshot(
            run: run, graph: graph, models: models,
            comparison: files[comparisonName].map { String(decoding: $0, as: UTF8.self) }, imports: imports,
            change: 0, configuration)
    }

    /// The graph of a run, by its files.
    fileprivate static func graph(
        of run: StoredRun, _ files: [String: Data], _ store: Store, _ configuration: GraphConfiguration
    ) throws -> Snapshot {
        let archive: GraphArchive
        do { archive = try GraphArchive(files: files) } catch {
            throw StoreError.inconsistent(
                path: store.path, problem: "what run \(run.number) computed cannot be read (\(error.problem))",
                remedy: "It is computed again from the ratings.")
        }
        let dataset = try store.dataset(of: archive.ratings)
        let graph = try GraphEngine(configuration).snapshot(
            of: dataset, neighbors: archive.neighbors, partition: archive.partition)
        // Runs of version 0.4 have none, and each community its label.
        guard let bytes = files[communityNumbersName],
            let numbers = try? ForeignJSON.decode([Int32].self, from: bytes),
            numbers.count == graph.partition.communityCount
        else { return graph }
        return graph.numbered(following: graph.partition.labels.map { numbers[Int($0)] })
    }

    private static func saved(
        _ kind: ModelKind, _ files: [String: Data], _ ratings: RatingMatrix
    ) throws -> FittedModel? {
        let own = files.filter { $0.key.hasPrefix("\(kind.rawValue)/") }
        guard !own.isEmpty else { return nil }
        return try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(kind.rawValue), withIntermediateDirectories: true)
            for (name, bytes) in own { try bytes.write(to: folder.appendingPathComponent(name)) }
            let stored = try? ModelArchive.read(folder.appendingPathComponent(kind.rawValue).path, for: ratings)
            return stored.map(FittedModel.init)
        }
    }

    private static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let parent = FileManager.default.temporaryDirectory
        PrivateFolder.removeAbandoned(in: parent, prefix: prefix)
        do {
            let folder = try PrivateFolder(in: parent, prefix: prefix)
            defer { folder.remove() }
            return try body(folder.url)
        } catch  where error is CocoaError || error is POSIXError {
            throw OutputError(
                path: parent.path, problem: "the folder for temporary files cannot be written (\(reason(error)))",
                remedy: "Make room there, or set TMPDIR to another folder.")
        }
    }

    /// What the names of temporary folders begin with.
    private static let prefix = "kindred-models"
}

/// The graph that the newest run of a service has computed, with the run; nil where there is none.
///
/// - Parameter configuration: how the neighbors that were kept are combined and communities measured.
/// - Throws: `StoreError`; `.inconsistent` for what is not as it was written.
public func savedGraph(
    from store: Store, _ configuration: GraphConfiguration
) throws -> (run: StoredRun, snapshot: Snapshot)? {
    guard let (run, files) = try store.newestRun() else { return nil }
    return (run, try SavedSnapshot.graph(of: run, files, store, configuration))
}
