/// Why a sink begins again.
enum SinkError: Error, CustomStringConvertible {
    /// Its state is not that which it had read.
    case replaced
    case overflow(limit: Int)

    var description: String {
        switch self {
        case .replaced: "the indices were loaded by another program, or have to be loaded anew. It goes on from there."
        case .overflow(let limit):
            "more than \(limit) changes came while indices were loaded. It begins again; a larger limit of the outbox would hold them."
        }
    }
}
