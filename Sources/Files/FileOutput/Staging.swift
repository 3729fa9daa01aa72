import Foundation
import Platform

/// Where an output is written until it is whole: hidden, beside its place, of this process alone.
func stagingURL(beside path: String) -> URL {
    let place = URL(fileURLWithPath: path)
    return place.deletingLastPathComponent().appendingPathComponent(
        ".\(place.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)")
}

/// Renames what is whole into its place; what stood there is replaced in the same step.
func putInPlace(_ staging: URL, at place: URL, shownAs path: String) throws(OutputError) {
    if let problem = renameReplacing(staging.path, to: place.path) {
        throw OutputError(
            path: path, problem: "the file cannot be put in its place (\(problem))",
            remedy: "Make the place writable, or name another.")
    }
}
