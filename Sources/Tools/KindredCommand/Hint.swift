import FileOutput
import Ratings

#if Serving
    import Downloads
    import Service
    import Store
#endif

/// An error of a library, which knows no command line, with what a person can type about it.
struct Hinted: Error, CustomStringConvertible {
    let error: any Error
    let hint: String

    /// nil where there is nothing to type.
    init?(_ error: any Error) {
        guard let hint = Self.hint(for: error) else { return nil }
        self.error = error
        self.hint = hint
    }

    var description: String { "\(error) \(hint)" }

    private static func hint(for error: any Error) -> String? {
        switch error {
        case let error as InputError: return error.topic.map(hint)
        case RatingsError.duplicate: return "Type: --duplicates last, first, mean, sum or count"
        case RatingsError.noTimeOrder: return "Type: --duplicates mean, sum or count"
        default: break
        }
        #if Serving
            return servingHint(for: error)
        #else
            return nil
        #endif
    }

    private static func hint(for topic: InputError.Topic) -> String {
        switch topic {
        case .columns:
            "Type: --columns user=NAME,item=NAME,rating=NAME, with names of the header or positions from 1"
        case .choice(let choice): "Type: --columns \(choice)"
        case .encoding: "Type: --encoding NAME, such as WINDOWS-1252 or SHIFT_JIS"
        case .unpacking: "Type: --unpack-ratio N or --unpack-size SIZE"
        case .files: "Type the path of one of them."
        case .malformedRows: "Type: --on-bad-row skip"
        case .dataSets: "Type: kindred fetch ml-100k, for a published data set"
        case .savedModels: "Type: kindred train SOURCE --model als --output FOLDER"
        }
    }

    /// What to type about a note.
    static func hint(for topic: ReadingNote.Topic) -> String {
        switch topic {
        case .scale(let scale):
            "To leave them out, type: --scale \(scale.lowerBound.shortest)..\(scale.upperBound.shortest)"
        case .columns(let choice): "If it is otherwise, type: --columns \(choice)"
        case .encoding: "If it is another one, type: --encoding NAME"
        }
    }

    #if Serving
        private static func servingHint(for error: any Error) -> String? {
            switch error {
            case FetchError.unreachable, FetchError.status, FetchError.unreadableChecksum, FetchError.wrongChecksum,
                FetchError.tooLarge, FetchError.redirected, FetchError.cannotUnpack:
                "The mirror is named with --mirror URL."
            case FetchError.cannotWrite: "The folder is named with --output FOLDER."
            case StoreError.missing(let path): "Type: kindred import SOURCE --store \(path)"
            case StoreError.older(let path, _): "Type: kindred serve --store \(path)"
            case ServiceError.address: "The port is named with --port N."
            case ServiceError.unprotected: "Type: kindred keys add NAME --store STORE"
            default: nil
            }
        }
    #endif
}

extension Float {
    /// Without a fraction where it is whole: 1, 0.5.
    fileprivate var shortest: String { self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)" }
}
