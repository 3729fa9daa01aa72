import Platform

/// The files of an open store, as they were when it was opened.
///
/// SQLite goes on writing to a file that was removed or replaced, and what it acknowledges is in no file then.
struct StorePlace: Sendable {
    private let path: String
    private let location: String
    let file: FileIdentity
    private let log: FileIdentity?

    /// - Parameters:
    ///   - path: as the user named it.
    ///   - location: where it lies, without symbolic links.
    init(_ path: String, location: String) throws(StoreError) {
        guard let file = FileIdentity(path: location) else { throw .missing(path: path) }
        self.path = path
        self.location = location
        self.file = file
        log = Self.log(of: location)
    }

    private static func log(of location: String) -> FileIdentity? { FileIdentity(path: location + "-wal") }

    var isKept: Bool { FileIdentity(path: location) == file && Self.log(of: location) == log }

    /// - Throws: `StoreError.replaced`.
    func require() throws(StoreError) {
        guard isKept else { throw .replaced(path: path) }
    }
}
