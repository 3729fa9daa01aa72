import Foundation

/// One output file, written beside its place and renamed into it when it is whole.
public struct OutputFile: Sendable {
    /// The file as the user named it.
    public let path: String
    private let staging: URL

    public init(_ path: String) {
        self.path = path
        staging = stagingURL(beside: path)
    }

    public func write(_ body: (inout ByteWriter) throws(OutputError) -> Void) throws(OutputError) {
        do throws(OutputError) {
            var writer = try ByteWriter(staging.path, shownAs: path)
            try body(&writer)
            try writer.close()
            try putInPlace(staging, at: URL(fileURLWithPath: path), shownAs: path)
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
