import HTTPTypes
import Hummingbird
import Live
import Store

/// What only administrators may do.
struct AdminRoutes {
    let live: LiveEngine
    let refresher: Refresher
    let work: HeavyWork

    func add(to router: RouterGroup<ServiceContext>) {
        router.post("admin/refresh", use: refresh)
    }

    private struct Status: Encodable {
        let status: String
    }

    /// The answer comes at once; `/events` and `/runs` tell when the snapshot is there.
    @Sendable private func refresh(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        try await work.run { try live.store.audit("admin.refresh", by: context.actor) }
        let isStarted = refresher.start()
        return try Answer.json(Status(status: isStarted ? "started" : "running")).response(status: .accepted)
    }
}
