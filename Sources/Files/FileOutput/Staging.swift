import Foundation
import Platform

/// The staging path of an output: hidden, beside its final path, unique to this process.
func stagingURL(beside path: String) -> URL {
    let place = URL(fileURLWithPath: path)
    return place.deletingLastPathComponent().appendingPathComponent(
        ".\(place.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)")
}

/// Atomically renames a complete output into place, replacing any predecessor and keeping its permissions.
func putInPlace(
    _ staging: URL, at place: URL, shownAs path: String, keepsPermissions: Bool = true
) throws(OutputError) {
    if keepsPermissions, let before = try? FileManager.default.attributesOfItem(atPath: place.path),
        before[.type] as? FileAttributeType == .typeRegular,
        let permissions = before[.posixPermissions]
    {
        try? FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: staging.path)
    }
    if let problem = renameReplacing(staging.path, to: place.path) {
        throw OutputError(
            path: path, problem: "the file cannot be moved into place (\(problem))",
            remedy: "Make the folder writable, or name another.")
    }
}
