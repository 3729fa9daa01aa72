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
        #if Serving
            if let hint = servingHint(for: error) { return hint }
        #endif
        return nil
    }

    #if Serving
        private static func servingHint(for error: any Error) -> String? {
            switch error {
            case FetchError.unreachable, FetchError.status, FetchError.unreadableChecksum, FetchError.wrongChecksum:
                "The mirror is named with --mirror URL."
            case FetchError.cannotWrite: "The folder is named with --output FOLDER."
            case StoreError.missing(let path): "Type: kindred import SOURCE --store \(path)"
            case ServiceError.address: "The port is named with --port N."
            default: nil
            }
        }
    #endif
}
