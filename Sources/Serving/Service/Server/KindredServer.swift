import Foundation
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Live
import Logging
import NIOCore
import ServiceLifecycle
import Sinks
import Store
import UnixSignals

/// The HTTP service over a store: interface, dashboard and metrics, until it is told to stop.
public struct KindredServer: Sendable {
    private let live: LiveEngine
    private let configuration: ServiceConfiguration
    private let metrics: ServiceMetrics
    private let keys: KeyRing
    private let certificates: Certificates?
    private let pages: PageRoutes
    private let otherMethods: OtherMethods
    private let files: GraphFiles
    private let hub: EventHub
    private let refresher: Refresher
    private let logger: Logger
    /// What waits for the store, and what computes: neither keeps the other waiting.
    private let storeWork = HeavyWork(threads: 2)
    private let modelWork = HeavyWork(threads: ProcessInfo.processInfo.activeProcessorCount)

    /// Seconds that requests under way have when the service is told to stop.
    private static let shutdownSeconds = 4

    /// - Throws: `ServiceError` where it would be open to everybody or lacks its files, `StoreError`.
    public init(_ live: LiveEngine, _ configuration: ServiceConfiguration) throws {
        self.live = live
        self.configuration = configuration
        keys = try KeyRing(live.store, areOptional: configuration.isLoopback)
        if !keys.areOptional, try keys.current().isEmpty {
            throw ServiceError.unprotected(host: configuration.host)
        }
        try live.claim()
        metrics = ServiceMetrics(scale: try live.store.scale() ?? 0.5...5)
        live.observe { [metrics] in metrics.count($0, now: Int64(Date().timeIntervalSince1970)) }
        certificates = try configuration.tls.map(Certificates.init)
        pages = try PageRoutes()
        otherMethods = try OtherMethods(pages.description)
        hub = EventHub(live: live, metrics: metrics)
        var logger = Logger(label: "kindred", factory: JSONLog.init)
        logger.logLevel = configuration.logLevel
        self.logger = logger
        files = GraphFiles(
            threads: live.configuration.threads, in: configuration.temporaryFolder, logger: logger)
        if !live.isFollower, try live.store.repairSearch() {
            logger.warning("the index for searching was not as it was written, and was made anew")
        }
        if let trouble = live.trouble { logger.warning("\(trouble.reason)") }
        if live.isFollower { logger.warning("another service writes this store; this one only reads") }
        refresher = Refresher(live: live, metrics: metrics, logger: logger, interval: configuration.refreshInterval)
    }

    /// Serves until SIGTERM or SIGINT; requests under way are finished then.
    ///
    /// - Parameter onRunning: told the port that is listened on.
    /// - Throws: `ServiceError` where the address is taken or a certificate cannot be used.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void) async throws {
        let application = Application(
            router: router(), server: try server(),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: ConnectionLimit(logger: logger)),
            services: [
                refresher, ConsentFollower(live: live, logger: logger),
                ErasureRunner(
                    live: live, copies: configuration.erasableCopies, files: files,
                    logger: logger),
                HangUps(certificates: certificates, logger: logger),
                SourceRunner(
                    sources: configuration.sources, sinks: configuration.sinks, live: live, logger: logger),
                Sweeper(sweep: configuration.sweep, live: live, logger: logger),
            ] + metricsWriters,
            onServerRunning: { await onRunning($0.localAddress?.port ?? configuration.port) }, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(Self.shutdownSeconds)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw ServiceError.address(
                host: configuration.host, port: configuration.port, reason: error.localizedDescription)
        }
        await files.removeAll()
        try? live.store.checkpoint()
        live.release()
        await LineWriter.standardError.flush(within: .milliseconds(500))
    }

    /// One where a folder is named.
    private var metricsWriters: [any ServiceLifecycle.Service] {
        configuration.metricsFolder.map { settings in
            let samples = { @Sendable [metrics, live, configuration] in
                metrics.report(
                    live, configuration.sources, configuration.sinks, now: Int64(Date().timeIntervalSince1970)
                ).samples
            }
            return [MetricsWriter(settings: settings, samples: samples, logger: logger)]
        } ?? []
    }

    private func server() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder { [timeLimit = configuration.idleTimeout] responder in
            ServiceChannel(responder: responder, timeLimit: .milliseconds(Int64(1_000 * timeLimit)))
        }
        return try certificates.map { try .tls(plain, tlsConfiguration: $0.configuration) } ?? plain
    }

    /// All routes behind their middleware; tests ask it without a socket.
    package func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(hasTLS: configuration.tls != nil))
        router.add(middleware: RequestRecord(metrics: metrics))
        router.add(middleware: ProtocolAnswers())
        router.add(middleware: SameOrigin(allowed: configuration.allowedOrigins, isLoopback: configuration.isLoopback))
        router.add(middleware: ProblemResponses())
        router.add(middleware: RateLimit(rate: configuration.rateLimit))
        addRoutes(to: router)
        return router
    }

    private func addRoutes(to router: Router<ServiceContext>) {
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
        let versioned = Versioned(live: live, work: modelWork)
        let body = JSONBody(sizeLimit: configuration.bodyLimit, work: modelWork)
        let ratings = RatingRoutes(live: live, body: body, work: storeWork, now: now)
        let consent = ConsentRoutes(live: live, body: body, work: storeWork, now: now)
        let analytics = AnalyticsRoutes(live: live, body: body, work: storeWork, configuration: configuration)
        let sources = SourceRoutes(sources: configuration.sources, store: live.store, work: storeWork)
        let health = HealthRoutes(
            live: live, metrics: metrics, sources: configuration.sources, sinks: configuration.sinks, now: now)

        let open = router.group()
        pages.add(to: open)
        health.addPublic(to: open)
        otherMethods.add(to: open)

        let keyRate = RateLimit(rate: configuration.rateLimit)
        func group(_ role: Role, glass: BreakGlass? = nil) -> RouterGroup<ServiceContext> {
            router.group().add(middleware: Authorization(role: role, keys: keys, glass: glass))
                .add(middleware: keyRate)
        }
        let glass = BreakGlass(store: live.store, metrics: metrics, work: storeWork)
        let reading = group(.read)
        let smallestGroup = live.configuration.smallestGroup
        MovieRoutes(versioned: versioned, store: live.store, group: smallestGroup, index: configuration.sinks.first)
            .add(to: reading)
        UserRoutes(live: live, versioned: versioned, work: storeWork).add(to: reading)
        RecommendationRoutes(live: live, versioned: versioned, metrics: metrics, body: body, work: modelWork).add(
            to: reading)
        TitleRoutes(store: live.store, versioned: versioned, metrics: metrics, group: smallestGroup).add(to: reading)
        CommunityRoutes(versioned: versioned, group: smallestGroup).add(to: reading)
        let graph = GraphRoutes(live: live, versioned: versioned, files: files)
        graph.addReading(to: reading)
        RunRoutes(live: live, versioned: versioned, metrics: metrics, work: storeWork, now: now).add(to: reading)
        EventRoutes(hub: hub, authorization: Authorization(role: .read, keys: keys)).add(to: reading)
        ratings.addReading(to: reading)
        consent.addReading(to: reading)
        sources.addReading(to: reading)
        SinkRoutes(sinks: configuration.sinks).add(to: reading)
        StreamErrorRoutes(live: live, work: storeWork, now: now).add(to: reading)
        analytics.addReading(to: reading)
        CatalogRoutes(live: live, now: now).add(to: reading)
        health.addReading(to: reading)

        let writing = group(.write)
        ratings.addWriting(to: writing)
        consent.addWriting(to: writing)

        let administration = group(.admin)
        AdminRoutes(live: live, refresher: refresher, work: storeWork).add(to: administration)
        PrivacyRoutes(live: live, refresher: refresher, body: body, work: storeWork, now: now).add(to: administration)
        analytics.addAdministration(to: administration)
        sources.addAdministration(to: administration)
        graph.addAdministration(to: administration)

        AuditRoutes(store: live.store, work: storeWork).add(to: group(.auditor, glass: glass))
    }
}
