import Foundation
import Platform

/// One output file, written beside its place and renamed into it when it is whole.
public struct OutputFile: Sendable {
    /// The file as the user named it.
    public let path: String
    private let staging: URL

    public init(_ path: String) {
        self.path = path
        let place = URL(fileURLWithPath: path)
        staging = place.deletingLastPathComponent().appendingPathComponent(
            ".\(place.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)")
    }

    public func write(_ body: (inout ByteWriter) throws(OutputError) -> Void) throws(OutputError) {
        do throws(OutputError) {
            var writer = try ByteWriter(staging.path, shownAs: path)
            try body(&writer)
            try writer.close()
            if let problem = renameReplacing(staging.path, to: URL(fileURLWithPath: path).path) {
                throw OutputError(
                    path: path, problem: "the file cannot be put in its place (\(problem))",
                    remedy: "Make the place writable, or name another.")
            }
        } catch {
            discard()
            throw error
        }
    }

    /// Removes what is not yet in its place.
    public func discard() {
        try? FileManager.default.removeItem(at: staging)
    }
}
