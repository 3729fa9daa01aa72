import Foundation
import Synchronization

/// An output error: problem and remedy.
public struct OutputError: Error, Equatable, CustomStringConvertible {
    /// The path as the user gave it.
    public let path: String
    /// The problem, with the system's message.
    public let problem: String
    /// What to do about it.
    public let remedy: String

    /// Creates an error.
    public init(path: String, problem: String, remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(path): \(problem). \(remedy)" }
}

/// A folder of output files that appear together or not at all.
///
/// Files are written to a staging folder beside the path, and `commit` renames them into place. Until then, and on any
/// error, the path is unchanged. Existing files with other names are kept.
public final class OutputFolder: Sendable {
    /// The folder as the user named it.
    public let path: String
    private let staging: URL
    private let isSpreadsheetSafe: Bool
    private let isPrivate: Bool
    /// The parent folders created for it, innermost first.
    private let madeParents: [URL]
    private let names = Mutex<[String]>([])
    private enum State { case open, closed }
    private let state = Mutex(State.open)

    /// - Parameters:
    ///   - isSpreadsheetSafe: whether CSV fields that a spreadsheet would run get an apostrophe before them.
    ///   - isPrivate: whether the owner alone may read new files, as those of a model that holds what users like.
    /// - Throws: `OutputError` if the folder cannot be written.
    public init(_ path: String, isSpreadsheetSafe: Bool = false, isPrivate: Bool = false) throws(OutputError) {
        self.path = path
        self.isSpreadsheetSafe = isSpreadsheetSafe
        self.isPrivate = isPrivate
        staging = stagingURL(beside: path)
        madeParents = Self.missingParents(of: URL(fileURLWithPath: path))
        if FileKind(path) == .file {
            throw OutputError(
                path: path, problem: "a file of this name exists", remedy: "Name a folder.")
        }
        do {
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        } catch {
            throw OutputError(
                path: path, problem: "the folder cannot be created (\(reason(error)))",
                remedy: "Name a writable one.")
        }
    }

    /// The paths of the files that were written, in their order.
    public var files: [String] { names.withLock { $0 }.map { "\(path)/\($0)" } }

    /// Writes one file of the folder, or of a folder in it: `gephi/nodes.csv`.
    public func write(_ name: String, _ body: (inout ByteWriter) throws(OutputError) -> Void) throws(OutputError) {
        let file = staging.appendingPathComponent(name)
        if name.contains("/") {
            // Where this fails the writer does too, and says so.
            try? FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        }
        var writer = try ByteWriter(
            file.path, shownAs: "\(path)/\(name)", isSpreadsheetSafe: isSpreadsheetSafe, isPrivate: isPrivate)
        try body(&writer)
        try writer.close()
        names.withLock { $0.append(name) }
    }

    /// Moves all files into place, replacing those of the same name.
    public func commit() throws(OutputError) {
        try state.withLock { state throws(OutputError) in
            guard state == .open else { return }
            try moveIntoPlace()
            state = .closed
        }
    }

    /// Removes everything written. Does nothing after a commit, and waits during one.
    public func discard() {
        state.withLock { state in
            guard state == .open else { return }
            try? FileManager.default.removeItem(at: staging)
            for parent in madeParents where Self.isEmpty(parent) {
                try? FileManager.default.removeItem(at: parent)
            }
            state = .closed
        }
    }

    private static func missingParents(of place: URL) -> [URL] {
        let parent = place.deletingLastPathComponent()
        guard parent.path != place.path, FileKind(parent.path) == .missing else { return [] }
        return [parent] + missingParents(of: parent)
    }

    private static func isEmpty(_ folder: URL) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.isEmpty == true
    }

    private func moveIntoPlace() throws(OutputError) {
        let place = URL(fileURLWithPath: path)
        if FileKind(path) == .missing {
            try putInPlace(staging, at: place, shownAs: path)
            return
        }
        // A folder comes before what is in it.
        for name in (FileManager.default.subpaths(atPath: staging.path) ?? []).sorted() {
            let (file, target) = (staging.appendingPathComponent(name), place.appendingPathComponent(name))
            guard FileKind(file.path) == .folder else {
                try putInPlace(file, at: target, shownAs: "\(path)/\(name)")
                continue
            }
            do {
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            } catch {
                throw OutputError(
                    path: "\(path)/\(name)", problem: "the folder cannot be created (\(reason(error)))",
                    remedy: "Remove what is in its place, or name another folder.")
            }
        }
        try? FileManager.default.removeItem(at: staging)
    }
}

/// The system's message for a Foundation error, whose own is mostly a code: `No space left on device`.
package func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let text = (underlying ?? error as NSError).localizedDescription
    let plain = text.replacing("The operation could not be completed. ", with: "")
    return plain.hasSuffix(".") ? String(plain.dropLast()) : plain
}
