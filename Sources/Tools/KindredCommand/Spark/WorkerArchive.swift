import FileOutput
import Foundation
import Platform

/// The worker with the shared libraries that it loads, as an archive that Spark brings to each executor.
struct WorkerArchive {
    static let name = "kindred-worker.tar.gz"
    /// What the worker is called in the archive.
    private static let program = "kindred-worker"
    /// The worker that was built or installed with this program.
    static var besideThis: String { Bundle.main.bundleURL.appendingPathComponent(program).path }

    let libraries: [SharedLibrary]
    let bytes: [UInt8]

    /// - Parameters:
    ///   - worker: the path of the program.
    ///   - texts: what else goes into the archive.
    /// - Throws: `InputError` where the program or a library is missing, or `ArchiveError`.
    init(_ worker: String, texts: [(name: String, bytes: Data)]) throws {
        let program = try Self.bytes(of: worker)
        // What a cluster unpacks and starts is a program, not a script that needs others.
        guard program.starts(with: [0x7F] + Array("ELF".utf8)) else {
            throw InputError(
                file: worker, problem: "this is no program for Linux", remedy: "Name the kindred-worker of a build.")
        }
        libraries = try SharedLibrary.loaded(by: worker).filter { !$0.isOfCLibrary }.sorted { $0.name < $1.name }
        let archive = try ArchiveWriter(.gzippedTar)
        try archive.add(Self.program, program, permissions: 0o755)
        for library in libraries { try archive.add(library.name, Self.bytes(of: library.path)) }
        for text in texts { try archive.add(text.name, text.bytes) }
        bytes = try archive.finish()
    }

    private static func bytes(of path: String) throws(InputError) -> Data {
        do { return try MappedFile(path: path).data } catch {
            throw InputError(
                file: path, problem: "the file cannot be read (\(error))",
                remedy: "Build the worker with script/build, or name it with --worker.")
        }
    }
}
