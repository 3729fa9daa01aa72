import CKindred
import Kindred

/// A failure of this interface's own, with its status.
struct Failure: Error, CustomStringConvertible {
    let status: kindred_status
    let description: String

    /// A wrong value, array or handle.
    static func value(_ problem: String) -> Failure { Failure(status: statusValue, description: problem) }

    /// More memory than there is.
    static func memory(_ problem: String) -> Failure { Failure(status: statusMemory, description: problem) }

    /// What C expects for an error of the engine.
    static func status(of error: any Error) -> kindred_status {
        switch error {
        case let failure as Failure: failure.status
        case SimilarityError.needsMemory, FactorizationError.tooLarge: statusMemory
        case is SimilarityError, is FactorizationError, is BiasError, is ModelSettingError, is ComparisonError,
            is RatingsError:
            statusValue
        case is InputError, is OutputError: statusFiles
        default: statusOther
        }
    }
}

let statusDone = kindred_status(KINDRED_DONE)
let statusValue = kindred_status(KINDRED_VALUE)
let statusMemory = kindred_status(KINDRED_MEMORY)
let statusStopped = kindred_status(KINDRED_STOPPED)
let statusFiles = kindred_status(KINDRED_FILES)
let statusOther = kindred_status(KINDRED_OTHER)
