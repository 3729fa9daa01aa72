import Foundation
import Governance
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Privacy
import Store
import Synchronization

/// The data catalogue, its lineage and a search in it.
final class CatalogRoutes: Sendable {
    private let live: LiveEngine
    private let now: @Sendable () -> Int64
    /// One thread, so that the catalogue is computed once for all who ask at a time and keeps nothing else waiting. Whoever waits
    /// for the first has an answer then.
    private let work = HeavyWork(threads: 1, patience: .seconds(60))
    private let newest = Mutex<(catalog: Catalog, made: ContinuousClock.Instant)?>(nil)

    /// An answer is no older.
    private static let oldest = Duration.seconds(30)

    /// - Parameter now: seconds since 1970.
    init(live: LiveEngine, now: @escaping @Sendable () -> Int64) {
        self.live = live
        self.now = now
    }

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("catalog", use: whole)
        router.get("catalog.jsonld", use: dcat)
        router.get("catalog/lineage", use: lineage)
        router.get("catalog/search", use: search)
    }

    @Sendable private func whole(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        return try await answer(context) { try Answer.json($0) }
    }

    @Sendable private func dcat(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        return try await answer(context) { Answer(ByteBuffer(string: try $0.dcat.text()), type: "application/ld+json") }
    }

    @Sendable private func lineage(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let query = try Query(request, "node", "direction")
        let node = query.has("node") ? try query.text("node") : nil
        let choice = try query.choice(
            "direction", of: Lineage.Direction.allCases.map(\.rawValue), default: Lineage.Direction.down.rawValue)
        let direction = Lineage.Direction(rawValue: choice) ?? .down
        return try await answer(context) { catalog in
            guard let part = catalog.lineage.part(from: node, direction) else {
                throw Problem.notFound("there is no such node; /catalog/lineage without a node lists them")
            }
            return try Answer.json(part)
        }
    }

    @Sendable private func search(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        let text = try Query(request, "q").text("q")
        return try await answer(context) { try Answer.json(ItemsMessage(items: $0.search(text))) }
    }

    /// Others than administrators see what there is, and not how much: imports and tables may be of few people.
    private func answer(
        _ context: ServiceContext, _ body: @escaping @Sendable (Catalog) throws -> Answer
    ) async throws -> Answer {
        let seesFigures = context.isAdministrator || live.configuration.smallestGroup.size == 1
        return try await work.run { [self] in
            let catalog = try catalog()
            return try body(seesFigures ? catalog : catalog.definitions)
        }
    }

    private func catalog() throws -> Catalog {
        if let (catalog, made) = newest.withLock({ $0 }), made.duration(to: .now) < Self.oldest { return catalog }
        let catalog = try Catalog(
            of: live.store, version: live.configuration.version, checks: live.store.checkQuality(now: now()),
            history: live.store.qualityHistory())
        newest.withLock { $0 = (catalog, .now) }
        return catalog
    }
}
