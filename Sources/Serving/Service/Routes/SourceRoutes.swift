import HTTPTypes
import Hummingbird
import Store
import Streams

/// What ratings come from: topics and folders, how each is, and how it is held and let go on.
struct SourceRoutes {
    let sources: [any StreamSource]
    let store: Store
    let work: HeavyWork

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("sources", use: list)
    }

    func addAdministration(to router: RouterGroup<ServiceContext>) {
        router.post("admin/sources/:name/pause") { try await change($0, $1, "source.pause") { $0.pause() } }
        router.post("admin/sources/:name/resume") { try await change($0, $1, "source.resume") { $0.resume() } }
    }

    struct Message: Encodable {
        let name: String
        let state: String
        let taken: Int
        let repeated: Int
        let rejected: Int
        @Nullable var lag: Int?
        let rate: Double
        let positions: [Position]
        @Nullable var lastError: String?
        let rebalances: Int
        let files: Int

        struct Position: Encodable {
            let place: String
            let next: Int64
        }

        init(_ source: any StreamSource) {
            let status = source.status
            name = source.name
            state = status.state.rawValue
            (taken, repeated, rejected) = (status.taken, status.repeated, status.rejected)
            lag = status.lag
            rate = (status.rate * 10).rounded() / 10
            positions = status.positions.sorted { $0.key < $1.key }.map { Position(place: $0.key, next: $0.value) }
            lastError = status.lastError
            (rebalances, files) = (status.rebalances, status.files)
        }
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) throws -> Answer {
        _ = try Query(request)
        return try Answer.json(ItemsMessage(items: sources.map(Message.init)))
    }

    private func change(
        _ request: Request, _ context: ServiceContext, _ action: String, _ body: (any StreamSource) -> Void
    ) async throws -> Answer {
        _ = try Query(request)
        let name = try context.id("name")
        guard let source = sources.first(where: { $0.name == name }) else {
            let names = sources.map(\.name).joined(separator: ", ")
            throw Problem.notFound(
                "there is no source \"\(name.prefix(80))\"; there is \(names.isEmpty ? "none" : names)")
        }
        try await work.run { try store.audit(action, by: context.actor, detail: name) }
        body(source)
        return try Answer.json(Message(source))
    }
}
