#if Serving
    import FileOutput
    import ArgumentParser
    import Engine
    import Foundation
    import LinearAlgebra
    import Live
    import Logging
    import Platform
    import Privacy
    import RatingFiles
    import Service
    import Sinks
    import Store
    import Streams

    struct ServeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve a store over HTTP, with a dashboard.",
            discussion: """
                The dashboard is at /, the interface is described at /openapi.json, and Prometheus finds metrics at /metrics. \
                What is computed (graph, communities, models) is kept in the store: the next start answers at once. It is \
                computed anew on POST /admin/refresh, every --refresh-every seconds, and at a start after an import; requests \
                never wait for it.

                Only this machine can reach the service unless --host says otherwise, and then the store needs API keys: see \
                kindred keys. Without keys whoever reaches it may do everything.

                EXAMPLES
                  kindred import ml-100k --store films.sqlite
                  kindred serve --store films.sqlite
                  kindred serve --store films.sqlite --host 0.0.0.0 --certificate chain.pem --private-key key.pem
                  kindred serve --store films.sqlite --kafka localhost:9092
                  kindred serve --store films.sqlite --elasticsearch http://localhost:9200
                """)

        @Option(help: ArgumentHelp("The store.", valueName: "file"))
        var store: String

        @Option(help: ArgumentHelp("The port, \(OptionRange.port.words); 0 picks a free one.", valueName: "n"))
        var port = 8080

        @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
        var host = "127.0.0.1"

        @Option(help: ArgumentHelp("The models that recommend.", valueName: "model,…"))
        var models: ModelKindList = ModelKindList(LiveConfiguration().kinds)

        @Option(
            help: ArgumentHelp("The models that a refresh compares on held-out ratings, or none.", valueName: "model,…")
        )
        var compare: ModelKindList = ModelKindList(LiveConfiguration().compared)

        @Option(
            help: ArgumentHelp(
                "Models are compared again once more than this share of the ratings has changed, "
                    + "\(OptionRange.compareAfter.words); until then a refresh keeps the "
                    + "comparison before.", valueName: "share"))
        var compareAfter = LiveConfiguration().compareAfter
        @Option(
            help: ArgumentHelp(
                "The fewest people, \(OptionRange.smallestGroup.words), whose figures others than administrators see; "
                    + "1 hides nothing.", valueName: "k"))
        var smallestGroup = LiveConfiguration().smallestGroup.size

        @OptionGroup(title: "Models") var parameters: ParameterOptions

        @OptionGroup(title: "Models") var likes: LikeOptions

        @Option(
            help: ArgumentHelp(
                "Seconds between refreshes, \(OptionRange.refreshEvery.words). (default: only on request)",
                valueName: "seconds"))
        var refreshEvery: Double?

        @Option(
            help: ArgumentHelp(
                "A folder whose files are imported as they come; repeatable. See kindred watch.", valueName: "folder"))
        var watch: [String] = []

        @OptionGroup(title: "Watched folders") var watching: WatchOptions

        @Option(help: ArgumentHelp("PEM file with the certificate and its chain, for TLS.", valueName: "file"))
        var certificate: String?

        @Option(help: ArgumentHelp("PEM file with the private key of the certificate.", valueName: "file"))
        var privateKey: String?

        @Option(
            help: ArgumentHelp("Allowed CORS origin; repeatable. (default: none)", valueName: "origin"))
        var allowOrigin: [String] = []

        @Option(
            help: ArgumentHelp(
                "Requests per second per key or client address, \(OptionRange.rateLimit.words); 0 for no limit.",
                valueName: "n"))
        var rateLimit = ServiceConfiguration().rateLimit

        @Option(
            help: ArgumentHelp(
                "Log level: trace, debug, info, notice, warning, error, critical.", valueName: "level"))
        var logLevel = Logger.Level.info

        @Option(
            help: ArgumentHelp(
                "Threads of a refresh, \(OptionRange.threads.words). (default: all processors)", valueName: "n"))
        var threads: Int?

        @OptionGroup(title: "Kafka") var kafka: KafkaOptions

        @OptionGroup(title: "Kafka") var reading: KafkaReadingOptions

        @OptionGroup(title: "Data of people") var people: MinimisationOptions

        @OptionGroup(title: "Data of people") var keys: StoreKeyOptions

        @OptionGroup(title: "Data of people") var retention: RetentionOptions

        @OptionGroup(title: "Elasticsearch") var elasticsearch: ElasticsearchOptions

        @Option(
            help: ArgumentHelp(
                "Changes that wait for Elasticsearch at most, \(OptionRange.outboxLimit.words); beyond, they are dropped, and "
                    + "all is loaded anew.", valueName: "n"))
        var outboxLimit = 1_000_000

        @OptionGroup(title: "Metrics") var metrics: MetricsOptions

        @OptionGroup var lineage: LineageOptions

        @OptionGroup var arithmetic: ProductOptions

        @Option(
            help: """
                Cholesky solver of als, implicit and bayes: LAPACK (lapack) or Kindred's kernel (kernel). \
                (default: lapack)
                """)
        var solver: Solver?

        @Flag(help: "Print the log only.")
        var quiet = false

        func validate() throws {
            try OptionRange.port.validate("port", port)
            try OptionRange.rateLimit.validate("rate-limit", rateLimit)
            try OptionRange.compareAfter.validate("compare-after", compareAfter)
            try OptionRange.refreshEvery.validate("refresh-every", refreshEvery)
            try OptionRange.threads.validate("threads", threads)
            try OptionRange.smallestGroup.validate("smallest-group", smallestGroup)
            try OptionRange.outboxLimit.validate("outbox-limit", outboxLimit)
            if (certificate == nil) != (privateKey == nil) {
                throw ValidationError("--certificate and --private-key go together")
            }
            if !keys.keyFile.isEmpty, kafka.kafka == nil, watch.isEmpty {
                throw ValidationError("--key-file needs --kafka or --watch: requests have the pseudonyms of the store")
            }
            if models.kinds.isEmpty { throw ValidationError("name at least one of --models") }
        }

        func run() async throws {
            FreeMemory.returnEarly()
            let store = try Store(store)
            let live = try LiveEngine(store, liveConfiguration())
            let configuration = try serviceConfiguration(sources: sources(live) + folders(store), sinks: sinks(live))
            let server = try KindredServer(live, configuration)
            let follower = lineage.lineage.map { target in
                Task { await LineageFollower(live: live, target: target, version: Version.kindred).run() }
            }
            defer { follower?.cancel() }
            let scheme = certificate == nil ? "http" : "https"
            try await server.run { [host, quiet] port in
                guard !quiet else { return }
                let waiting = live.snapshot == nil ? "; the first snapshot is being computed" : ""
                JSONLog.message(
                    "Kindred answers at \(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(waiting)")
            }
            // Not a return, after which `exit` would tear down what a refresh still uses: BLAS frees its memory then.
            _exit(0)
        }

        private func folders(_ store: Store) throws -> [any StreamSource] {
            let sources = try watch.map { folder in
                var settings = watching.settings(folder)
                settings.minimisation = people.minimisation
                settings.pseudonyms = try keys.pseudonyms(for: store)
                settings.reader.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
                return try FolderSource(
                    settings, into: store,
                    tell: { [quiet] news in if !quiet { JSONLog.message("\(news)") } })
            }
            guard Set(sources.map(\.name)).count == sources.count else {
                throw ValidationError("two of the watched folders have one name; sources are told apart by it")
            }
            return sources
        }

        private func liveConfiguration() throws -> LiveConfiguration {
            var configuration = LiveConfiguration()
            try parameters.applyFile(to: &configuration.models)
            if let solver { configuration.models.solver = solver }
            likes.apply(to: &configuration.models)
            try parameters.applyOptions(to: &configuration.models)
            configuration.kinds = models.kinds
            configuration.compared = compare.kinds
            configuration.graph.products = arithmetic.products
            configuration.models.products = arithmetic.products
            configuration.compareAfter = compareAfter
            configuration.smallestGroup = SmallestGroup(size: smallestGroup)
            configuration.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
            configuration.version = Version.kindred
            return configuration
        }

        /// What comes in beside requests.
        private func sources(_ live: LiveEngine) throws -> [any StreamSource] {
            guard kafka.kafka != nil else { return [] }
            var configuration = try reading.configuration(kafka)
            configuration.minimisation = people.minimisation
            configuration.pseudonyms = try keys.pseudonyms(for: live.store)
            return [try KafkaConsumer(configuration, store: live.store) { try live.apply($0) }]
        }

        /// What is kept in step with the store.
        private func sinks(_ live: LiveEngine) throws -> [ElasticsearchSink] {
            guard let configuration = try elasticsearch.configuration() else { return [] }
            var logger = Logger(label: "kindred", factory: JSONLog.init)
            logger.logLevel = logLevel
            let sink = try ElasticsearchSink(
                configuration, store: live.store, outboxLimit: outboxLimit, logger: logger
            ) {
                live.snapshot.map { GraphResult(snapshot: $0.graph, run: $0.run) }
            }
            return [sink]
        }

        private func serviceConfiguration(
            sources: [any StreamSource], sinks: [ElasticsearchSink]
        ) throws -> ServiceConfiguration {
            var configuration = ServiceConfiguration()
            configuration.sources = sources
            configuration.sinks = sinks
            if let brokers = kafka.kafka {
                configuration.copies = [
                    KafkaErasure(
                        try kafka.settings(), brokers: brokers,
                        pseudonyms: try elasticsearch.pseudonyms().map { [$0] } ?? [])
                ]
            }
            configuration.host = host
            configuration.port = port
            configuration.allowedOrigins = allowOrigin
            configuration.rateLimit = rateLimit
            configuration.refreshInterval = refreshEvery
            configuration.logLevel = logLevel
            configuration.queryCommand = AnswerQueryCommand.command
            configuration.metricsFolder = try metrics.settings()
            configuration.sweep = retention.sweep
            if let certificate, let privateKey { configuration.tls = .init(certificate: certificate, key: privateKey) }
            return configuration
        }
    }

    /// `als,knn` on the command line, or `none`.
    struct ModelKindList: ExpressibleByArgument {
        let kinds: [ModelKind]

        init(_ kinds: [ModelKind]) { self.kinds = kinds }

        init?(argument: String) {
            guard argument != "none" else {
                kinds = []
                return
            }
            let found = argument.split(separator: ",", omittingEmptySubsequences: false).map {
                ModelKind(rawValue: String($0))
            }
            kinds = found.compactMap { $0 }
            guard kinds.count == found.count, Set(kinds).count == kinds.count else { return nil }
        }

        var defaultValueDescription: String { kinds.map(\.rawValue).joined(separator: ",") }
    }

    extension Logger.Level: @retroactive ExpressibleByArgument {}
#endif
