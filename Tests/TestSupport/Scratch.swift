import Foundation

/// A folder for one test, gone when the test is.
public final class Scratch: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a name in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    public func read(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

    /// Every file below the folder by its path, with its bytes.
    public var contents: [String: Data] {
        let paths = FileManager.default.subpaths(atPath: url.path) ?? []
        return Dictionary(uniqueKeysWithValues: paths.compactMap { path in (try? read(path)).map { (path, $0) } })
    }

    /// The names in the folder, hidden ones too.
    public var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }
}

/// The root of the project.
public let projectRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// MovieLens 100K, which lies beside the project and never in it; nil where it is absent.
public let movieLens100K: String? = {
    let folder = projectRoot.deletingLastPathComponent().appendingPathComponent("shared/data/ml-100k")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("u.data").path) ? folder.path : nil
}()
