import FileOutput
public import Store

/// What a watched folder has to tell people, a line each.
public enum FolderNews: Sendable, CustomStringConvertible {
    /// - Parameter start: where reading went on in a file that was appended to; 0 for a whole file.
    case taken(file: String, ImportReport, start: Int)
    case repeated(file: String)
    /// A file that was read before is read from its beginning.
    case anew(file: String, reason: String)
    case failed(file: String, reason: String)
    case passedOver(file: String, reason: String)
    /// Nothing is taken for now.
    case held(reason: String)

    public var description: String {
        switch self {
        case .taken(let file, let report, let start):
            "\(file): \(report.kept.counted("row")) taken"
                + (report.rejected > 0 ? ", \(report.rejected.counted("row")) rejected" : "")
                + (start > 0 ? ", from byte \(start) on" : "")
        case .repeated(let file): "\(file): the same bytes are in the store already"
        case .anew(let file, let reason): "\(file): \(reason); it is read from its beginning"
        case .failed(let file, let reason): "\(file): failed. \(reason)"
        case .passedOver(let file, let reason): "\(file): passed over, \(reason)"
        case .held(let reason): reason
        }
    }
}
