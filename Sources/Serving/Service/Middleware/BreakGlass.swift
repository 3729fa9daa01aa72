import HTTPTypes
import Hummingbird
import Logging
import Store

/// Access of an administrator to what is an auditor's alone, in an emergency: a reason has to be given, and nobody overlooks it. It is in the
/// audit before anything is answered, in the log, and counted for an alert.
struct BreakGlass: Sendable {
    let store: Store
    let metrics: ServiceMetrics
    let work: HeavyWork

    private static let lengths = 5...200

    /// - Throws: `Problem` for a reason that is none, `StoreError` where it cannot be kept.
    /// - Returns: whether the request breaks the glass.
    func isBroken(by request: Request, _ context: ServiceContext) async throws -> Bool {
        guard let reason = request.headers[.breakGlass], let caller = context.caller, caller.role == .admin else {
            return false
        }
        guard Self.lengths.contains(reason.unicodeScalars.count),
            reason.unicodeScalars.allSatisfy({ (" "..."~").contains($0) })
        else {
            throw Problem.badRequest(
                "Break-Glass is the reason, of \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) characters of ASCII"
            )
        }
        let route = "\(request.method.rawValue) \(context.endpointPath ?? "")"
        try await work.run { [store] in
            try store.audit("break-glass", by: caller.name, detail: "\(route): \(reason)")
        }
        metrics.countBrokenGlass()
        context.logger.critical("break-glass access", metadata: ["key": "\(caller.name)", "route": "\(route)"])
        return true
    }
}
