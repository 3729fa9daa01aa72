#if Serving
    import ArgumentParser
    import Engine
    import FileOutput
    import Foundation
    import Governance
    import LinearAlgebra
    import Live
    import Platform
    import Sinks
    import Store

    struct IndexCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index",
            abstract: "Index a store in Elasticsearch or OpenSearch.",
            discussion: """
                Films, users, ratings, and what the newest run of a service has computed: recommendations, communities and \
                edges. Each kind gets a new index; once all are whole the aliases kindred-items, kindred-users and so on lead \
                to them, all at one moment. What fails leaves the old indices in place (docs/elasticsearch.md).

                With --pseudonym-key users have pseudonyms. Indices by another key, or by none, are replaced as a whole, and no \
                service may run on the store meanwhile.

                serve --elasticsearch keeps the indices in step with the store from then on.

                EXAMPLES
                  kindred index films.sqlite --elasticsearch http://localhost:9200
                  kindred index films.sqlite --elasticsearch https://es:9200 --ca ca.pem --api-key-file key
                  kindred index films.sqlite --elasticsearch http://localhost:9200 --only items,ratings
                """)

        @Argument(help: "A store.")
        var store: String

        @OptionGroup(title: "Elasticsearch") var server: ElasticsearchOptions

        @Option(
            help: ArgumentHelp(
                "Index these alone: \(IndexKind.allCases.map(\.rawValue).joined(separator: ",")). (default: all)",
                valueName: "kind,…"))
        var only: IndexKindList?

        @Option(
            help: ArgumentHelp(
                "How many older indices of each kind stay, \(OptionRange.keptIndices.words).", valueName: "n"))
        var keep = 1

        @Option(
            help: ArgumentHelp(
                "File for documents that the server does not take, a line of JSON each. (default: the store's name with .rejected.jsonl)",
                valueName: "file"))
        var deadLetters: String?

        @OptionGroup var lineage: LineageOptions

        @OptionGroup(title: "Run") var runtime: RunOptions

        func validate() throws {
            if server.elasticsearch == nil {
                throw ValidationError("name the server: --elasticsearch http://host:9200")
            }
            try OptionRange.keptIndices.validate("keep", keep)
        }

        func run() async throws {
            guard let configuration = try server.configuration() else { return }
            let store = try Store(store)
            let running = Task {
                try await ElasticsearchClient.use(configuration) { client in try await index(store, by: client) }
            }
            let stop = StopSignals { running.cancel() }
            var job = LineageJob(
                "index", "Index a store in Elasticsearch or OpenSearch.", version: Version.kindred,
                inputs: lineage.lineage == nil ? [] : [try LineageDataset(ratingsOf: store)])
            await lineage.lineage?.tellSoon(.start, of: job)
            do {
                let summary = try await running.value
                job.outputs = summary.datasets
                await lineage.lineage?.tellSoon(.complete, of: job)
                if runtime.json {
                    try Console.result(json: summary)
                } else if !runtime.quiet {
                    Console.result(summary.text)
                }
            } catch {
                await lineage.lineage?.tellSoon(.fail(type: "\(type(of: error))"), of: job)
                guard error is CancellationError else { throw error }
                Console.message("Stopped: the old indices are in place.")
                throw ExitCode(128 + (stop.received ?? SIGINT))
            }
        }

        private func index(_ store: Store, by client: ElasticsearchClient) async throws -> IndexSummary {
            let progress = ProgressLine(isEnabled: !runtime.quiet)
            defer { progress.end() }
            progress.begin("connecting")
            let server = try await client.info()
            let kinds = only?.kinds ?? Set(IndexKind.allCases)
            progress.begin("reading")
            let graph = kinds.isDisjoint(with: [.recommendations, .communities, .edges]) ? nil : try graph(of: store)
            var loader = IndexLoader(client)
            loader.keep = keep
            let letters = DeadLetterFile(deadLetters ?? self.store + ".rejected.jsonl")
            loader.deadLetters = letters
            let claim = try await loader.changesNames(in: store) ? claimed(store, for: loader) : nil
            defer { withExtendedLifetime(claim) {} }
            let total = try store.counts().ratings
            progress.begin("indexing", total: Double(total), unit: "ratings")
            let loaded = try await loader.loadSink(kinds, store, graph) { kind, done in
                if kind == .ratings { progress.update(Double(done) / Double(max(1, total)), note: kind.rawValue) }
            }
            return IndexSummary(loaded, server, client.configuration, deadLetters: letters.path)
        }

        /// Keeps services away, which write users by other names.
        private func claimed(_ store: Store, for loader: IndexLoader) throws -> FileLock {
            guard let claim = try store.claim() else {
                throw StoreError.refused(
                    "\(self.store): a service runs on the store, and users of the indices have other names than those of this load. "
                        + "Stop it, or name its --pseudonym-key or another --prefix.")
            }
            try loader.closeOtherSinks(of: store)
            return claim
        }

        private func graph(of store: Store) throws -> GraphResult? {
            var configuration = GraphConfiguration()
            configuration.threads = runtime.threadCount
            return try savedGraph(from: store, configuration).map { GraphResult(snapshot: $0.snapshot, run: $0.run) }
        }
    }

    /// `items,ratings` on the command line.
    struct IndexKindList: ExpressibleByArgument {
        let kinds: Set<IndexKind>

        init?(argument: String) {
            let kinds = argument.split(separator: ",", omittingEmptySubsequences: false).map {
                IndexKind(rawValue: String($0))
            }
            guard !kinds.contains(nil) else { return nil }
            self.kinds = Set(kinds.compactMap { $0 })
        }
    }

    /// What `index` prints.
    struct IndexSummary: Encodable {
        struct Index: Encodable {
            let kind: String
            let alias: String
            let index: String
            let documents: Int
        }

        let product: String
        let version: String
        let indices: [Index]
        let documents: Int
        let rejected: Int
        /// nil where nothing was rejected.
        let rejected_file: String?
        let retries: Int
        let requests: Int
        let bytes: Int
        let removed: [String]
        let seconds: Double
        private let url: String

        private enum CodingKeys: CodingKey {
            case product, version, indices, documents, rejected, rejected_file, retries, requests, bytes, removed,
                seconds
        }

        init(
            _ loaded: IndexLoader.Summary, _ server: ServerInfo, _ configuration: ElasticsearchConfiguration,
            deadLetters: String
        ) {
            product = server.product.rawValue
            version = server.version
            url = configuration.url
            indices = loaded.indices.map {
                Index(
                    kind: $0.kind.rawValue, alias: $0.kind.alias(configuration.prefix), index: $0.index,
                    documents: $0.documents)
            }
            documents = indices.reduce(0) { $0 + $1.documents }
            rejected = loaded.rejected
            rejected_file = rejected > 0 ? deadLetters : nil
            (retries, requests, bytes) = (loaded.bulk.retries, loaded.bulk.requests, loaded.bulk.bytes)
            removed = loaded.removed
            seconds = loaded.seconds
        }

        var datasets: [LineageDataset] {
            indices.map { LineageDataset($0.index, at: url, rows: $0.documents) }
        }

        var text: String {
            let width = indices.map(\.alias.count).max() ?? 0
            let rows = indices.map { index in
                index.alias.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                    + Console.aligned(index.documents.grouped, 11) + "  \(index.index)"
            }
            let pace = (Double(documents) / max(seconds, 1e-3)).rounded()
            let lines =
                [
                    "\(product) \(version) at \(url): \(documents.counted("document")) in \(seconds.fixed(1)) s, "
                        + "\(Int(pace).grouped) per second"
                ] + rows + (retries > 0 ? ["\(retries.counted("document")) sent again"] : [])
                + (removed.isEmpty ? [] : ["removed \(removed.joined(separator: ", "))"])
                + (rejected_file.map { ["\(rejected.counted("document")) rejected, with reasons in \($0)"] } ?? [])
            return lines.joined(separator: "\n")
        }
    }
#endif
