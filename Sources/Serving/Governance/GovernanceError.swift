/// Why something about the data of people was not done.
public enum GovernanceError: Error, Equatable, CustomStringConvertible {
    /// There is nobody of the id, or not any more.
    case unknownUser
    /// Noise for published counts that cannot be.
    case noise(String)
    /// An erasure was done, and its receipt is gone.
    case noReceipt

    public var description: String {
        switch self {
        // Without the id: messages are kept in logs, which know of no user.
        case .unknownUser:
            "there is no such user in the store; ids are written as in the source, with upper and lower case"
        case .noise(let reason): reason
        case .noReceipt: "the erasure is done, but the store has lost its receipt; look at its audit"
        }
    }
}
