import Foundation

/// One output file, written to a temporary file beside its path and renamed when complete.
public struct OutputFile: Sendable {
    /// The file as the user named it.
    public let path: String
    private let staging: URL
    private let isSpreadsheetSafe: Bool
    private let isPrivate: Bool

    /// Prepares a file at a path; nothing is written yet.
    ///
    /// - Parameters:
    ///   - isSpreadsheetSafe: whether CSV fields that a spreadsheet would run get an apostrophe before them.
    ///   - isPrivate: whether its owner alone may read it.
    public init(_ path: String, isSpreadsheetSafe: Bool = false, isPrivate: Bool = false) {
        self.path = path
        self.isSpreadsheetSafe = isSpreadsheetSafe
        self.isPrivate = isPrivate
        staging = stagingURL(beside: path)
    }

    /// Writes the file and renames it into place; after an error, nothing is left behind.
    public func write(_ body: (inout ByteWriter) throws(OutputError) -> Void) throws(OutputError) {
        do throws(OutputError) {
            var writer = try ByteWriter(
                staging.path, shownAs: path, isSpreadsheetSafe: isSpreadsheetSafe, isPrivate: isPrivate)
            try body(&writer)
            try writer.close()
            try putInPlace(
                staging, at: URL(fileURLWithPath: path), shownAs: path, keepsPermissions: !isPrivate)
        } catch {
            discard()
            throw error
        }
    }

    /// Removes the temporary file.
    public func discard() {
        try? FileManager.default.removeItem(at: staging)
    }
}
