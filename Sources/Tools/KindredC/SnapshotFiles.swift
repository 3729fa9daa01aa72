public import CKindred
import Kindred

@c @implementation
public func kindred_snapshot_write(
    _ snapshot: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ formats: UnsafePointer<CChar>?,
    _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?
) -> kindred_status {
    answer(call) { _ in
        let snapshot = try HeldSnapshot.of(snapshot)
        let folder = try unsafe path(folder)
        let formats = try unsafe (String(c: formats) ?? "").split(separator: ",").map { name throws(Failure) in
            guard let format = GraphFormat(rawValue: String(name)) else {
                throw unknownFormat(name, GraphFormat.allCases)
            }
            return format
        }
        guard !formats.isEmpty else { throw unknownFormat("", GraphFormat.allCases) }
        let (threads, isSpreadsheetSafe) = try unsafe writingOptions(options)
        let output = try OutputFolder(folder, isSpreadsheetSafe: isSpreadsheetSafe)
        defer { output.discard() }
        try GraphExport(snapshot, threads: threads).write(formats, to: output)
        try requireGoingOn()
        try output.commit()
    }
}

@c @implementation
public func kindred_snapshot_write_file(
    _ snapshot: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ format: UnsafePointer<CChar>?,
    _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?
) -> kindred_status {
    answer(call) { _ in
        let snapshot = try HeldSnapshot.of(snapshot)
        let path = try unsafe KindredC.path(path)
        let name = unsafe String(c: format) ?? ""
        guard let format = GraphFormat(rawValue: name), format.isOneFile else {
            throw unknownFormat(name[...], GraphFormat.allCases.filter(\.isOneFile))
        }
        let (threads, _) = try unsafe writingOptions(options)
        try GraphExport(snapshot, threads: threads).write(format, toFile: path)
    }
}

private func writingOptions(
    _ text: UnsafePointer<CChar>?
) throws(Failure) -> (threads: Int, isSpreadsheetSafe: Bool) {
    var options = try unsafe OptionLines(text)
    var isSpreadsheetSafe = false
    try options.take("spreadsheet-safe", into: &isSpreadsheetSafe)
    let threads = try options.threads()
    try options.requireNoOther()
    return (threads, isSpreadsheetSafe)
}

private func unknownFormat(_ name: Substring, _ formats: [GraphFormat]) -> Failure {
    .value("there is no format \"\(name)\" here; there are \(formats.map(\.rawValue).joined(separator: ", "))")
}

/// A path that C gives.
///
/// - Throws: `Failure` for none.
func path(_ text: UnsafePointer<CChar>?) throws(Failure) -> String {
    guard let path = unsafe String(c: text), !path.isEmpty else { throw .value("the path is empty") }
    return path
}

/// Throws where the running call is to stop.
func requireGoingOn() throws(SimilarityError) {
    if Cancellation.current.isRequested { throw .cancelled }
}
